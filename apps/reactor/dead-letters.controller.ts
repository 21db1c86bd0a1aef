import type { Static } from 'typebox';
import { BodySchema } from '../../libs/platform/validation/body-schema.js';
import { message, valid } from '../../libs/platform/validation/schema.js';
import { Text } from '../../libs/recovery/vocabulary/fields.js';
import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { Commands } from '../../libs/commands/commands.js';
import { isRefusal } from '../../libs/event-sourcing/decider.js';
import { Roles } from '../../libs/platform/auth/roles.js';
import { Problem, notFound } from '../../libs/platform/problem/problem.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { STORES } from '../../libs/platform/stores/stores.module.js';
import type { IntakeEvent } from '../../libs/recovery/intake/intake-events.js';
import type { ResponseEvent } from '../../libs/recovery/response/response-events.js';
import { resend } from './carry-out.js';
import { DEAD_LETTERS, keyOfLetter, type DeadLetter } from './dead-letter.js';
import { Errands } from './errands.js';
import { HandOnErrands } from './hand-on-errands.js';

const NameLetter = message(
  {
    reaction: Text(100),
    commandId: Text(100),
  },
  { reaction: 'triage-response', commandId: '5b0d1c9e-0c1e-5d5e-9c7a-3d1f6a2b4c8d' },
);
type NameLetter = Static<typeof NameLetter>;

/** Effects that failed, until an operator resends them. */
@ApiTags('operations')
@Controller('v1/dead-letters')
@Roles('operator')
export class DeadLettersController {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly commands: Commands,
    private readonly triage: Errands<ResponseEvent | IntakeEvent>,
    private readonly handOn: HandOnErrands,
  ) {}

  @Get()
  @ApiQuery({ name: 'after', required: false, schema: { type: 'string' } })
  @ApiOperation({ operationId: 'DeadLetters', summary: 'List effects that failed, and why' })
  async list(@Query('after') after = ''): Promise<object> {
    const records = await this.stores.ledger.list<DeadLetter>(DEAD_LETTERS, {
      limit: 100,
      after: DEAD_LETTERS + after,
    });
    const letters = records.map(({ value }) => {
      const { reaction, event, commandId, effect, error, at } = value;
      const errand = effect && { aggregate: effect.aggregate, id: effect.id, command: effect.command.type };
      return { reaction, event, commandId, ...errand, error, at };
    });
    const last = records.length === 100 ? records.at(-1)?.key.slice(DEAD_LETTERS.length) : undefined;
    return { deadLetters: letters, next: last };
  }

  @Post('resend')
  @HttpCode(200)
  @BodySchema(NameLetter)
  @ApiOperation({
    operationId: 'ResendDeadLetter',
    summary: 'Carry out a failed effect again, under the same id, so that it takes effect once',
  })
  async resend(@Body() body: unknown): Promise<object> {
    const named = valid(NameLetter, body);
    const key = keyOfLetter(named);
    const letter = await this.stores.ledger.get<DeadLetter>(key);
    if (letter === undefined)
      throw notFound(
        `A dead letter ${named.commandId} of ${named.reaction}`,
        'GET /v1/dead-letters lists those that are.',
      );
    const of = [this.triage, this.handOn].find(({ reaction }) => reaction === letter.value.reaction);
    if (of === undefined)
      throw new Problem({
        status: 409,
        code: 'no-such-reaction',
        detail: `There is no reaction ${letter.value.reaction} any more. Run the version of Amends that has it, or leave the letter.`,
      });
    const errands = await of.again(letter.value);
    if (isRefusal(errands)) throw new Problem({ status: 409, code: errands.refused, detail: errands.because });
    const refused = await resend(errands, this.commands);
    if (refused) throw new Problem({ status: 409, code: refused.refused, detail: `Refused again: ${refused.because}` });
    await this.stores.ledger.remove(key, letter.version);
    return { carriedOut: true };
  }
}

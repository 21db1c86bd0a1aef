import { Controller, HttpCode, Inject, Param, Post, Put, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import { Commands } from '../../../libs/commands/commands.js';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import { isRefusal, type Refusal } from '../../../libs/event-sourcing/decider.js';
import { idOf } from '../../../libs/event-sourcing/identity.js';
import { Roles } from '../../../libs/platform/auth/roles.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { NOW, STORES } from '../../../libs/platform/stores/stores.module.js';
import { BodySchema } from '../../../libs/platform/validation/body-schema.js';
import { message } from '../../../libs/platform/validation/schema.js';
import { Text } from '../../../libs/recovery/vocabulary/fields.js';
import { Contact, recordContact } from '../../../libs/responses/contact.js';
import { Valid } from '../http/body.js';
import { answerPosition, CommandSent, problemOfRefusal, requestBy, type Sent } from '../http/request-headers.js';
import { JoinCustomers, Joining, SeparateCustomer, type Joined, type Separated } from './joining.js';

const PutContact = message(
  { source: Text(100), ...Contact.properties },
  { source: 'survey', name: 'Eva Muster', email: 'eva@example.org', phone: '+49 30 1234567', language: 'de' },
);

@ApiTags('customers')
@Controller('v1/customers')
export class CustomersController {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly commands: Commands,
    private readonly rules: RulesInForce,
    @Inject(NOW) private readonly now: () => string,
    private readonly joining: Joining,
  ) {}

  @Put(':externalId/contact')
  @HttpCode(204)
  @Roles('integrator', 'supervisor', 'operator')
  @BodySchema(PutContact)
  @ApiOperation({
    operationId: 'PutContact',
    summary: "Keep how to reach a customer, by their id in a source: in the vault, sealed with the customer's own key",
    description:
      'It holds as of now: a response that occurred before does not replace it, one that occurs later does. What is ' +
      'left out stays as it is known. Whoever works on a case of theirs sees it there.',
  })
  async put(
    @Param('externalId') externalId: string,
    @Valid(PutContact) { source, ...contact }: Static<typeof PutContact>,
    @CommandSent() sent: Sent,
  ): Promise<void> {
    const { personal } = this.stores;
    const { actor, commandId } = requestBy(sent);
    const customer = await personal.customerOf({ source, id: externalId }, idOf('contact of', source, externalId));
    const programme = this.rules.onlyProgramme() ?? '';
    const done = await recordContact(
      { personal, commands: this.commands },
      { customer, contact, asOf: this.now(), actor, commandId, programme },
    );
    if (isRefusal(done)) throw problemOfRefusal(done);
  }

  @Post('joins')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({
    operationId: 'JoinCustomers',
    summary: 'Say that two customers are one person, whom sources know by several ids',
    description:
      'Their cases then count as those of one, can be merged, and show how to reach both. Each keeps their own history and key, so that it can be taken back.',
  })
  async join(
    @Valid(JoinCustomers) asked: Static<typeof JoinCustomers>,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Omit<Joined, 'last'>> {
    return answered(reply, await this.joining.join(asked, sent));
  }

  @Post('separations')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({
    operationId: 'SeparateCustomer',
    summary: 'Say that a customer is not the same person as those they were joined with',
    description:
      'They count alone again. Cases that were merged across are in work again: `reopened` names them. If it is cut off, send it again.',
  })
  async separate(
    @Valid(SeparateCustomer) asked: Static<typeof SeparateCustomer>,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Omit<Separated, 'last'>> {
    return answered(reply, await this.joining.separate(asked, sent));
  }
}

function answered<A extends Joined>(reply: FastifyReply, outcome: A | Refusal): Omit<A, 'last'> {
  if (isRefusal(outcome)) throw problemOfRefusal(outcome);
  const { last, ...answer } = outcome;
  if (last !== undefined) answerPosition(reply, last);
  return answer;
}

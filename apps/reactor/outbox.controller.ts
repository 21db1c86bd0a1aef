import { Controller, Get, HttpCode, Inject, Post, Body, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Static } from 'typebox';
import { RulesInForce } from '../../libs/commands/rules-in-force.js';
import type { RuleBooks } from '../../libs/recovery/rules/rule-book.js';
import { errorText } from '../../libs/event-sourcing/error-text.js';
import { field } from '../../libs/event-sourcing/schema.js';
import { DeliveryFailed } from '../../libs/outbound/channel.js';
import type { Destination } from '../../libs/outbound/destination.js';
import { listRows, resend } from '../../libs/outbound/operate.js';
import { Outbox } from '../../libs/outbound/outbox.js';
import { mistakeInFrom, replayTo } from '../../libs/outbound/replay.js';
import { TELLING } from '../../libs/outbound/which-messages.js';
import { KEPT_STATES, ROW_STATES } from '../../libs/outbound/words.js';
import { sendTest } from '../../libs/platform/outbound/send-test.js';
import { Roles } from '../../libs/platform/auth/roles.js';
import type { Config } from '../../libs/platform/config/config.js';
import { invalid, notFound, Problem } from '../../libs/platform/problem/problem.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { CONFIG, NOW, STORES } from '../../libs/platform/stores/stores.module.js';
import { BodySchema } from '../../libs/platform/validation/body-schema.js';
import { message, valid } from '../../libs/platform/validation/schema.js';
import { Flag, OneOf, Optional, Text } from '../../libs/recovery/vocabulary/fields.js';

const Resend = message(
  {
    state: OneOf(KEPT_STATES),
    /** Default: all in this state. */
    ids: Optional(field<readonly string[]>({ type: 'array', items: Text(100), minItems: 1, maxItems: 1_000 })),
    destination: Optional(Text(64)),
  },
  { state: 'dead', destination: 'crm' },
);
const Test = message({ destination: Text(64) }, { destination: 'crm' });
const Replay = message(
  {
    to: Text(64),
    /** A position of history: what follows it is sent. Default: its beginning. */
    from: Optional(Text(100)),
    types: Optional(field<readonly string[]>({ type: 'array', items: OneOf(TELLING), minItems: 1 })),
    /** Only count. */
    dryRun: Optional(Flag),
  },
  { to: 'crm', from: '00000000000000000042', types: ['CaseAssigned'], dryRun: true },
);

const LISTED = ROW_STATES.filter((state) => state !== 'sent');

/** Messages on their way, those that could not be sent, and where they go. */
@ApiTags('operations')
@Controller('v1')
@Roles('operator')
export class OutboxController {
  private readonly outbox: Outbox;
  private readonly destinations: readonly Destination[];

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(CONFIG) config: Config,
    @Inject(NOW) private readonly now: () => string,
    private readonly rules: RulesInForce,
  ) {
    this.outbox = new Outbox(stores.ledger);
    this.destinations = config.destinations;
  }

  @Get('outbox')
  @ApiQuery({ name: 'state', required: false, schema: { type: 'string', enum: LISTED, default: 'waiting' } })
  @ApiQuery({ name: 'case', required: false, schema: { type: 'string' } })
  @ApiQuery({ name: 'after', required: false, schema: { type: 'string' } })
  @ApiOperation({
    operationId: 'Outbox',
    summary: 'List messages that wait, are dead, held or refused, and why; or all of a case',
  })
  async list(
    @Query('state') state = 'waiting',
    @Query('case') of?: string,
    @Query('after') after?: string,
  ): Promise<object> {
    const known = LISTED.find((one) => one === state);
    if (known === undefined)
      throw invalid([{ field: 'state', message: `must be one of ${LISTED.join(', ')}, not ${JSON.stringify(state)}` }]);
    const asked = of === undefined ? { state: known, ...(after !== undefined && { after }) } : { case: of };
    return listRows(this.outbox, this.destinations, asked, this.now());
  }

  @Post('outbox/resend')
  @HttpCode(200)
  @BodySchema(Resend)
  @ApiOperation({
    operationId: 'ResendMessages',
    summary:
      'Send kept messages again, under the same ids. Those that no destination took go to those that take them now',
  })
  async resend(@Body() body: unknown): Promise<{ readonly resent: number }> {
    const asked: Static<typeof Resend> = valid(Resend, body);
    return { resent: await resend(this.outbox, this.destinations, asked, this.now()) };
  }

  @Post('outbox/replay')
  @HttpCode(200)
  @BodySchema(Replay)
  @ApiOperation({
    operationId: 'ReplayMessages',
    summary: 'Send a destination again what followed a position, or count it',
  })
  async replay(@Body() body: unknown): Promise<object> {
    const { to, from, types, dryRun = false }: Static<typeof Replay> = valid(Replay, body);
    const { events } = this.stores;
    const mistake = mistakeInFrom(events, from);
    if (mistake !== undefined) throw invalid([{ field: 'from', message: mistake }]);
    const { outbox, now } = this;
    const rules = (): RuleBooks => this.rules.books();
    const counts = await replayTo({ events, outbox, now, rules, destination: this.named(to), from, types, dryRun });
    return { dryRun, messages: counts };
  }

  @Post('outbox/test')
  @HttpCode(200)
  @BodySchema(Test)
  @ApiOperation({ operationId: 'TestDestination', summary: 'Send a test message to a destination now' })
  async test(@Body() body: unknown): Promise<object> {
    const { destination: name }: Static<typeof Test> = valid(Test, body);
    const destination = this.named(name);
    try {
      return await sendTest(destination, this.now);
    } catch (error) {
      if (!(error instanceof DeliveryFailed)) throw error;
      throw new Problem({ status: 409, code: 'not-delivered', detail: `${name} did not take it. ${errorText(error)}` });
    }
  }

  @Get('destinations')
  @ApiOperation({ operationId: 'Destinations', summary: 'List where messages go, and what waits for each' })
  async listDestinations(): Promise<object> {
    const destinations = await Promise.all(
      this.destinations.map(async ({ name, channel, takes = null, people = null, teams = null }) => {
        const waiting = await this.outbox.waiting(name, this.now(), MOST_COUNTED);
        const { openUntil = null } = await this.outbox.breakerOf(name);
        return { name, channel, takes, people, teams, waiting: waiting.length, pausedUntil: openUntil };
      }),
    );
    return { destinations };
  }

  private named(name: string): Destination {
    const found = this.destinations.find((one) => one.name === name);
    if (found) return found;
    throw notFound(`A destination ${name}`, 'GET /v1/destinations lists those that the settings name.');
  }
}

const MOST_COUNTED = 1_000;

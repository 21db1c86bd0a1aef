import { Controller, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createReadStream } from 'node:fs';
import type { Static } from 'typebox';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import { sendEvents } from '../../../libs/platform/event-stream/send-events.js';
import { Roles } from '../../../libs/platform/auth/roles.js';
import { invalid } from '../../../libs/platform/problem/problem.js';
import { instantOf } from '../../../libs/platform/validation/formats.js';
import { message } from '../../../libs/platform/validation/schema.js';
import type { RuleSet } from '../../../libs/recovery/rules/rule-set.js';
import { Anything, Instant, Optional, Text, Whole } from '../../../libs/recovery/vocabulary/fields.js';
import { mistakeIn } from '../../../libs/rehearsal/sides.js';
import { Valid } from '../http/body.js';
import { CommandSent, type Sent } from '../http/request-headers.js';
import { findRules, soundRules } from '../rules/rules-of-callers.js';
import { rehearsalEvents } from './rehearsal-events.js';
import { Rehearsals, type Rehearsing, type Wanted } from './rehearsals.js';
import { conflict } from '../http/problems.js';

const MOST = 10_000;

export const Rehearse = message(
  {
    /** A rule set of this store by its hash, the beginning of the hash, or a programme for its latest rules. */
    rules: Optional(Text(200)),
    /** Or a rule set that is not drafted yet. */
    ruleSet: Optional(Anything),
    /** Compares with this rule set of the store; default: the rules in force. */
    against: Optional(Text(200)),
    /** Limits the rehearsal to cases opened from `from` on and before `to`. */
    from: Optional(Instant),
    to: Optional(Instant),
    /** The instant from which the rules apply; default: all of the past. */
    since: Optional(Instant),
    /** The instant at which running clocks are read; default: now. */
    at: Optional(Instant),
    /** Limits the list of cases whose verdict changed; the count has them all. */
    most: Optional(Whole(0, 100_000)),
  },
  { rules: '58fe4227ead3', from: '2031-01-01T00:00:00Z' },
);
type Rehearse = Static<typeof Rehearse>;

@ApiTags('rehearsals')
@Controller('v1/rehearsals')
@Roles('operator')
export class RehearsalsController {
  constructor(
    private readonly rehearsals: Rehearsals,
    private readonly rules: RulesInForce,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiProduces('application/json', 'text/event-stream')
  @ApiOperation({
    operationId: 'Rehearse',
    summary: 'Rehearse other rules: totals before and after, and each verdict that changes, with why',
    description:
      'Mechanical effect only: it replays the rules, not how people would have behaved under them. With ' +
      '`Accept: text/event-stream`, it sends progress and then the result; with `Prefer: respond-async`, it answers ' +
      'at once with a location. Amends records a rehearsal of a draft over all of history: it is the plan that is ' +
      'approved and then carried out.',
  })
  async begin(
    @Valid(Rehearse) asked: Rehearse,
    @CommandSent() sent: Sent,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const rehearsing = this.rehearsals.begin(this.wanted(asked), sent);
    const { id } = rehearsing;
    void reply.header('location', `/v1/rehearsals/${id}`);
    if (request.headers.prefer === 'respond-async') {
      void reply.code(202).send({ id, status: 'running' });
    } else if (wantsEvents(request)) this.stream(reply, rehearsing);
    else {
      await rehearsing.done;
      this.sendFile(reply, this.rehearsals.filesOf(id).file, 'application/json');
    }
  }

  @Get(':id')
  @ApiProduces('application/json', 'text/event-stream')
  @ApiOperation({ operationId: 'Rehearsal', summary: 'Show a rehearsal: its progress or its result' })
  show(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const found = this.rehearsals.find(id);
    if (!('running' in found)) this.sendFile(reply, found.file, 'application/json');
    else if (wantsEvents(request)) this.stream(reply, found.running);
    else void reply.code(202).send({ id, status: 'running', progress: found.running.progress });
  }

  @Get(':id/report')
  @ApiProduces('text/html')
  @ApiOperation({ operationId: 'RehearsalReport', summary: 'Show the result as one self-contained page' })
  report(@Param('id') id: string, @Res() reply: FastifyReply): void {
    const found = this.rehearsals.find(id);
    if ('running' in found)
      throw conflict('rehearsal-under-way', `Rehearsal ${id} is not done yet.`, 'Ask again when it is.');
    this.sendFile(reply, found.page, 'text/html; charset=utf-8');
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ operationId: 'StopRehearsal', summary: 'Stop a rehearsal, or drop its result' })
  drop(@Param('id') id: string): Promise<void> {
    return this.rehearsals.drop(id);
  }

  /** @throws Problem for rules that are unknown or unsound */
  private wanted({ rules, ruleSet, against, since, ...times }: Rehearse): Wanted {
    if ((rules === undefined) === (ruleSet === undefined))
      throw invalid([{ field: 'rules', message: 'must be given, or ruleSet: one of the two' }]);
    const { from, to, at = new Date().toISOString(), most = MOST } = times;
    const tried: RuleSet = rules === undefined ? soundRules({ content: ruleSet ?? {} }) : this.named('rules', rules);
    const asked = {
      candidate: { ruleSet: tried, since: since && instantOf(since) },
      against: against === undefined ? undefined : { ruleSet: this.named('against', against) },
      from: from && instantOf(from),
      to: to && instantOf(to),
    };
    const mistake = mistakeIn(asked);
    if (mistake) throw invalid([mistake]);
    return {
      ...asked,
      at: instantOf(at),
      most,
      recorded: rules !== undefined && against === undefined && from === undefined && to === undefined,
    };
  }

  private named(field: string, name: string): RuleSet {
    return findRules(this.rules.history, field, name);
  }

  private stream(reply: FastifyReply, rehearsing: Rehearsing): void {
    const { file } = this.rehearsals.filesOf(rehearsing.id);
    sendEvents(reply, rehearsalEvents(rehearsing, file));
  }

  private sendFile(reply: FastifyReply, path: string, type: string): void {
    void reply.type(type).send(createReadStream(path));
  }
}

const wantsEvents = ({ headers }: FastifyRequest): boolean => headers.accept?.includes('text/event-stream') === true;

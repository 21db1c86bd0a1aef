import { Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import { Commands } from '../../../libs/commands/commands.js';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import { Roles } from '../../../libs/platform/auth/roles.js';
import type { Query } from '../../../libs/read-store/read-store.js';
import { rulesAt, type RulesDocument } from '../../../libs/read-models/rules.js';
import { instantOf } from '../../../libs/platform/validation/formats.js';
import { message } from '../../../libs/platform/validation/schema.js';
import { invalid } from '../../../libs/platform/problem/problem.js';
import { checkRuleSet } from '../../../libs/recovery/rules/check-rule-set.js';
import { parseRuleSet } from '../../../libs/recovery/rules/parse-rule-set.js';
import { ruleSetHash } from '../../../libs/recovery/rules/hash.js';
import { Anything, Flag, Instant, Optional, Text } from '../../../libs/recovery/vocabulary/fields.js';
import { commandRules } from '../../../libs/rule-changes/command-rules.js';
import type { ActivatedOverThePast } from '../../../libs/rule-changes/rule-changes.js';
import {
  ActivateRuleSet,
  ApproveRuleSet,
  DraftRuleSet,
  ReviewRuleSet,
  RollBackRules,
  type RulesCommand,
} from '../../../libs/recovery/rules/rule-decider.js';
import { Valid } from '../http/body.js';
import { bodyOf, CommandRoute } from '../http/command-route.js';
import { answerWritten, CommandSent, sentBy, type Sent, type Written } from '../http/request-headers.js';
import { Builds } from '../generations/builds.js';
import { Asking, Documents, type Asked, type Shown } from '../queries/documents.js';
import { Listing } from '../queries/url-query.js';
import { soundRules } from './rules-of-callers.js';

/** A rule set as an object, or as the text of a file (YAML or JSON), whose mistakes Amends reports by line. */
export const CheckRules = message(
  {
    content: Optional(Anything),
    text: Optional(Text(250_000)),
  },
  { text: 'programme: service-recovery' },
);
export type CheckRules = Static<typeof CheckRules>;

export const DraftRules = message(
  {
    ...CheckRules.properties,
    note: Optional(Text(2_000)),
  },
  { content: { programme: 'service-recovery', title: 'Answer within a day' }, note: 'A trial for spring' },
);
export type DraftRules = Static<typeof DraftRules>;

export const RollBack = message(
  {
    reason: Text(2_000),
  },
  { reason: 'Rehearsed over last year: 12 verdicts change, all as wanted' },
);
export type RollBack = Static<typeof RollBack>;

export const ActivateRules = message(
  {
    /** In force from this instant on; default: now. */
    from: Optional(Instant),
    /** Applies the rules to all of history, as rehearsed and approved. */
    overThePast: Optional(Flag),
  },
  { overThePast: true },
);
export type ActivateRules = Static<typeof ActivateRules>;

/** Documents read no clock, so this works out which planned rules have taken force. */
const asOfNow = (document: object): object =>
  // The rules read model stores the documents that it declares.
  rulesAt(document as RulesDocument, new Date().toISOString());

const Approve = bodyOf(ApproveRuleSet);
type Approve = Static<typeof Approve>;
const Review = bodyOf(ReviewRuleSet);
type Review = Static<typeof Review>;

@ApiTags('rules')
@Controller('v1')
export class RulesController {
  constructor(
    private readonly commands: Commands,
    private readonly rules: RulesInForce,
    private readonly builds: Builds,
    private readonly documents: Documents,
  ) {}

  @Get('rules')
  @Roles('agent', 'supervisor', 'approver', 'analyst', 'operator')
  @ApiOperation({ operationId: 'Rules', summary: 'List the programmes with their rule sets, and which are in force' })
  async list(@Listing() query: Query, @Asking() asked: Asked): Promise<Shown> {
    const shown = await this.documents.find('rules', query, asked);
    return { ...shown, documents: shown.documents.map((document) => ({ ...asOfNow(document) })) };
  }

  @Get('rules/:programme')
  @Roles('agent', 'supervisor', 'approver', 'analyst', 'operator')
  @ApiOperation({ operationId: 'RulesOfProgramme', summary: "Show one programme's rule sets, and which are in force" })
  async show(@Param('programme') programme: string, @Asking() asked: Asked): Promise<object> {
    return asOfNow(await this.documents.get('rules', programme, asked));
  }

  @Post('rules/check')
  @HttpCode(200)
  @Roles('operator', 'supervisor')
  @ApiOperation({ operationId: 'CheckRules', summary: 'Check a rule set, and list each mistake with its path' })
  check(@Valid(CheckRules) sent: CheckRules): object {
    const { text, content } = sent;
    const problems = text === undefined ? checkRuleSet(content) : parseRuleSet(text).problems;
    return { problems, ...(problems.length === 0 ? { ruleSet: ruleSetHash(soundRules(sent)) } : {}) };
  }

  @CommandRoute(DraftRuleSet)
  async draft(
    @Valid(DraftRules) { note, ...sentRules }: DraftRules,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written & { ruleSet: string }> {
    const content = soundRules(sentRules);
    const { programme } = content;
    const ruleSet = ruleSetHash(content);
    const written = await this.decide({ type: 'DraftRuleSet', programme, ruleSet, content, note }, sent, reply);
    return { ...written, ruleSet };
  }

  @CommandRoute(ApproveRuleSet)
  approve(
    @Param() { programme = '', ruleSet = '' }: Readonly<Record<string, string>>,
    @Valid(Approve) { reason }: Approve,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    return this.decide({ type: 'ApproveRuleSet', programme, ruleSet, reason }, sent, reply);
  }

  @CommandRoute(ActivateRuleSet)
  async activate(
    @Param() { programme = '', ruleSet = '' }: Readonly<Record<string, string>>,
    @Valid(ActivateRules) { from, overThePast }: ActivateRules,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written | ActivatedOverThePast> {
    if (overThePast === true) {
      if (from !== undefined)
        throw invalid([{ field: 'from', message: 'is left out for rules that hold over the past' }]);
      return this.builds.change(`rule set ${ruleSet}`, (changes) =>
        changes.activateOverThePast({ programme, ruleSet }, sentBy(sent)),
      );
    }
    const since = from === undefined ? undefined : instantOf(from);
    const { done, ...change } = await this.builds.change(`rule set ${ruleSet} from ${since ?? 'now'} on`, (changes) =>
      changes.activateFrom({ programme, ruleSet }, since, sentBy(sent)),
    );
    return { ...answerWritten(reply, programme, done), ...change };
  }

  @CommandRoute(RollBackRules)
  rollBack(
    @Param('programme') programme: string,
    @Valid(RollBack) { reason }: RollBack,
    @CommandSent() sent: Sent,
  ): Promise<object> {
    return this.builds.change(`roll back ${programme}`, (changes) => changes.rollBack(programme, reason, sentBy(sent)));
  }

  @CommandRoute(ReviewRuleSet)
  review(
    @Param() { programme = '', ruleSet = '' }: Readonly<Record<string, string>>,
    @Valid(Review) reviewed: Review,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    return this.decide({ type: 'ReviewRuleSet', programme, ruleSet, ...reviewed }, sent, reply);
  }

  private async decide(command: RulesCommand, sent: Sent, reply: FastifyReply): Promise<Written> {
    const { commands, rules } = this;
    return answerWritten(reply, command.programme, await commandRules({ commands, rules }, command, sentBy(sent)));
  }
}

import { BodySchema } from '../../../libs/platform/validation/body-schema.js';
import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { Roles } from '../../../libs/platform/auth/roles.js';
import { rulesAt, type RulesDocument } from '../../../libs/read-models/rules.js';
import { instantOf } from '../../../libs/platform/validation/formats.js';
import { invalid } from '../../../libs/platform/problem/problem.js';
import { checkRuleSet } from '../../../libs/recovery/rules/check-rule-set.js';
import { parseRuleSet } from '../../../libs/recovery/rules/parse-rule-set.js';
import { ruleSetHash } from '../../../libs/recovery/rules/hash.js';
import type { ActivatedOverThePast } from '../../../libs/rule-changes/rule-changes.js';
import {
  ActivateRuleSet,
  ApproveRuleSet,
  DraftRuleSet,
  ReviewRuleSet,
  RollBackRules,
} from '../../../libs/recovery/rules/rule-decider.js';
import { Valid } from '../http/body.js';
import { bodyOf, CommandRoute } from '../http/command-route.js';
import { answerWritten, CommandSent, sentBy, type Sent, type Written } from '../http/request-headers.js';
import { Builds } from '../generations/builds.js';
import { askedBy, Documents, type Shown } from '../queries/documents.js';
import { queryOf, type UrlQuery } from '../queries/url-query.js';
import { RuleCommands } from './rule-commands.js';
import { soundRules } from './sound-rules.js';
import { ActivateRules, CheckRules, DraftRules, RollBack } from './rule-messages.js';

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
    private readonly commands: RuleCommands,
    private readonly builds: Builds,
    private readonly documents: Documents,
  ) {}

  @Get('rules')
  @Roles('agent', 'supervisor', 'approver', 'analyst', 'operator')
  @ApiOperation({ operationId: 'Rules', summary: 'List the programmes with their rule sets, and which are in force' })
  async list(@Query() url: UrlQuery, @Req() request: FastifyRequest): Promise<Shown> {
    const shown = await this.documents.find('rules', queryOf(url, []), askedBy(request));
    return { ...shown, documents: shown.documents.map(asOfNow) };
  }

  @Get('rules/:programme')
  @Roles('agent', 'supervisor', 'approver', 'analyst', 'operator')
  @ApiOperation({ operationId: 'RulesOfProgramme', summary: "Show one programme's rule sets, and which are in force" })
  async show(@Param('programme') programme: string, @Req() request: FastifyRequest): Promise<object> {
    return asOfNow(await this.documents.get('rules', programme, askedBy(request)));
  }

  @Post('rules/check')
  @HttpCode(200)
  @Roles('operator', 'supervisor')
  @BodySchema(CheckRules)
  @ApiOperation({ operationId: 'CheckRules', summary: 'Check a rule set, and list each mistake with its path' })
  check(@Valid(CheckRules) sent: CheckRules): object {
    const { text, content } = sent;
    const problems = text === undefined ? checkRuleSet(content) : parseRuleSet(text).problems;
    return { problems, ...(problems.length === 0 ? { ruleSet: ruleSetHash(soundRules(sent)) } : {}) };
  }

  @CommandRoute(DraftRuleSet, DraftRules)
  async draft(
    @Valid(DraftRules) { note, ...sentRules }: DraftRules,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written & { ruleSet: string }> {
    const content = soundRules(sentRules);
    const { programme } = content;
    const ruleSet = ruleSetHash(content);
    const done = await this.commands.execute({ type: 'DraftRuleSet', programme, ruleSet, content, note }, sent);
    return { ...answerWritten(reply, programme, done), ruleSet };
  }

  @CommandRoute(ApproveRuleSet)
  async approve(
    @Param() { programme = '', ruleSet = '' }: Readonly<Record<string, string>>,
    @Valid(Approve) { reason }: Approve,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    const done = await this.commands.execute({ type: 'ApproveRuleSet', programme, ruleSet, reason }, sent);
    return answerWritten(reply, programme, done);
  }

  @CommandRoute(ActivateRuleSet, ActivateRules)
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

  @CommandRoute(RollBackRules, RollBack)
  rollBack(
    @Param('programme') programme: string,
    @Valid(RollBack) { reason }: RollBack,
    @CommandSent() sent: Sent,
  ): Promise<object> {
    return this.builds.change(`roll back ${programme}`, (changes) => changes.rollBack(programme, reason, sentBy(sent)));
  }

  @CommandRoute(ReviewRuleSet)
  async review(
    @Param() { programme = '', ruleSet = '' }: Readonly<Record<string, string>>,
    @Valid(Review) reviewed: Review,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    const done = await this.commands.execute({ type: 'ReviewRuleSet', programme, ruleSet, ...reviewed }, sent);
    return answerWritten(reply, programme, done);
  }
}

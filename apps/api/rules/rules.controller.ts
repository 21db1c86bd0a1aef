import { BodySchema } from '../../../libs/platform/validation/body-schema.js';
import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Roles } from '../../../libs/platform/auth/roles.js';
import { rulesAt, type RulesDocument } from '../../../libs/read-models/rules.js';
import { instantOf } from '../../../libs/platform/validation/formats.js';
import { invalid } from '../../../libs/platform/problem/problem.js';
import { checkRuleSet } from '../../../libs/recovery/rules/check-rule-set.js';
import { parseRuleSet } from '../../../libs/recovery/rules/parse-rule-set.js';
import { ruleSetHash } from '../../../libs/recovery/rules/hash.js';
import type { ActivatedOverThePast } from '../../../libs/rule-changes/rule-changes.js';
import { Valid } from '../http/body.js';
import { answerWritten, CommandSent, type Sent, type Written } from '../http/request-headers.js';
import { Builds } from '../generations/builds.js';
import { askedBy, Documents, type Shown } from '../queries/documents.js';
import { queryOf, type UrlQuery } from '../queries/url-query.js';
import { RuleCommands, sentBy } from './rule-commands.js';
import { soundRules } from './sound-rules.js';
import { ActivateRules, CheckRules, DraftRules, GiveReason, ReviewRules } from './rule-messages.js';

/** Documents ask no clock, and rules planned for later take force by themselves. */
const asOfNow = (document: object): object =>
  // What the rules read model stores is what it declares.
  rulesAt(document as RulesDocument, new Date().toISOString());

@ApiTags('rules')
@Controller('v1/rules')
export class RulesController {
  constructor(
    private readonly commands: RuleCommands,
    private readonly builds: Builds,
    private readonly documents: Documents,
  ) {}

  @Get()
  @Roles('agent', 'supervisor', 'approver', 'analyst', 'operator')
  @ApiOperation({ operationId: 'Rules', summary: 'The programmes with their rule sets, and which are in force' })
  async list(@Query() url: UrlQuery, @Req() request: FastifyRequest): Promise<Shown> {
    const shown = await this.documents.find('rules', queryOf(url, []), askedBy(request));
    return { ...shown, documents: shown.documents.map(asOfNow) };
  }

  @Get(':programme')
  @Roles('agent', 'supervisor', 'approver', 'analyst', 'operator')
  @ApiOperation({ operationId: 'RulesOfProgramme', summary: "One programme's rule sets, and which are in force" })
  async show(@Param('programme') programme: string, @Req() request: FastifyRequest): Promise<object> {
    return asOfNow(await this.documents.get('rules', programme, askedBy(request)));
  }

  @Post('check')
  @HttpCode(200)
  @Roles('operator', 'supervisor')
  @BodySchema(CheckRules)
  @ApiOperation({ operationId: 'CheckRules', summary: 'What is wrong with a rule set, each mistake by its path' })
  check(@Valid(CheckRules) sent: CheckRules): object {
    const { text, content } = sent;
    const problems = text === undefined ? checkRuleSet(content) : parseRuleSet(text).problems;
    return { problems, ...(problems.length === 0 ? { ruleSet: ruleSetHash(soundRules(sent)) } : {}) };
  }

  @Post('drafts')
  @HttpCode(200)
  @Roles('operator')
  @BodySchema(DraftRules)
  @ApiOperation({
    operationId: 'DraftRules',
    summary: 'Draft a rule set; it is named by the hash of its content',
    description: 'Sent as text (YAML or JSON), its mistakes are told by line, path and remedy.',
  })
  async draft(
    @Valid(DraftRules) { note, ...sentRules }: DraftRules,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written & { ruleSet: string }> {
    const content = soundRules(sentRules);
    const { programme } = content;
    const ruleSet = ruleSetHash(content);
    const noted = note === undefined ? {} : { note };
    const done = await this.commands.execute({ type: 'DraftRuleSet', programme, ruleSet, content, ...noted }, sent);
    return { ...answerWritten(reply, programme, done), ruleSet };
  }

  @Post(':programme/:ruleSet/approve')
  @HttpCode(200)
  @Roles('operator')
  @BodySchema(GiveReason)
  @ApiOperation({
    operationId: 'ApproveRules',
    summary: 'Approve a draft; by another operator than its author, where there is one',
  })
  async approve(
    @Param() { programme = '', ruleSet = '' }: Readonly<Record<string, string>>,
    @Valid(GiveReason) { reason }: GiveReason,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    const done = await this.commands.execute({ type: 'ApproveRuleSet', programme, ruleSet, reason }, sent);
    return answerWritten(reply, programme, done);
  }

  @Post(':programme/:ruleSet/activate')
  @HttpCode(200)
  @Roles('operator')
  @BodySchema(ActivateRules)
  @ApiOperation({
    operationId: 'ActivateRules',
    summary: 'Put an approved rule set in force, from a time on or over the past',
    description:
      'From a time on, past verdicts keep theirs, and clocks that run then follow as their target says. Over the past, ' +
      'what was rehearsed is carried out, or refused where something has moved since; events that came since are folded ' +
      'in, and their difference is told. Either way the read models are built under the new rules beside those that are ' +
      'served, and then switched to. The answer names the plans for later that are replaced.',
  })
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
    const { done, ...told } = await this.builds.change(`rule set ${ruleSet} from ${since ?? 'now'} on`, (changes) =>
      changes.activateFrom({ programme, ruleSet }, since, sentBy(sent)),
    );
    return { ...answerWritten(reply, programme, done), ...told };
  }

  @Post(':programme/rollback')
  @HttpCode(200)
  @Roles('operator')
  @BodySchema(GiveReason)
  @ApiOperation({
    operationId: 'RollBackRules',
    summary: 'Return to the rule book before the last activation, and to its build, in one step',
  })
  rollBack(
    @Param('programme') programme: string,
    @Valid(GiveReason) { reason }: GiveReason,
    @CommandSent() sent: Sent,
  ): Promise<object> {
    return this.builds.change(`roll back ${programme}`, (changes) => changes.rollBack(programme, reason, sentBy(sent)));
  }

  @Post(':programme/:ruleSet/review')
  @HttpCode(200)
  @Roles('operator', 'supervisor')
  @BodySchema(ReviewRules)
  @ApiOperation({ operationId: 'ReviewRules', summary: 'Say that the rules were looked at again, and when next' })
  async review(
    @Param() { programme = '', ruleSet = '' }: Readonly<Record<string, string>>,
    @Valid(ReviewRules) { reviewBy, note }: ReviewRules,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    const noted = note === undefined ? {} : { note };
    const done = await this.commands.execute({ type: 'ReviewRuleSet', programme, ruleSet, reviewBy, ...noted }, sent);
    return answerWritten(reply, programme, done);
  }
}

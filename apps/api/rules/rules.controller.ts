import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Roles } from '../../../libs/platform/auth/roles.js';
import { Anything, Instant, Optional, Text, instantOf } from '../../../libs/platform/validation/fields.js';
import { schemaOf } from '../../../libs/platform/validation/schema.js';
import { checkRuleSet } from '../../../libs/recovery/rules/check-rule-set.js';
import { ruleSetHash } from '../../../libs/recovery/rules/hash.js';
import { Valid } from '../http/body.js';
import { answerWritten, CommandSent, type Sent, type Written } from '../http/request-headers.js';
import { askedBy, Documents, type Shown } from '../queries/documents.js';
import { queryOf, type UrlQuery } from '../queries/url-query.js';
import { RuleCommands, soundRules } from './rule-commands.js';

class CheckRules {
  @Anything() content!: object;
}

class DraftRules extends CheckRules {
  @Optional() @Text(2_000) note?: string;
}

class GiveReason {
  @Text(2_000) reason!: string;
}

class ActivateRules {
  /** In force from then on; left out: from now. */
  @Optional() @Instant() from?: string;
}

@ApiTags('rules')
@Controller('v1/rules')
export class RulesController {
  constructor(
    private readonly commands: RuleCommands,
    private readonly documents: Documents,
  ) {}

  @Get()
  @Roles('agent', 'supervisor', 'approver', 'analyst', 'operator')
  @ApiOperation({ operationId: 'Rules', summary: 'The programmes with their rule sets, and which are in force' })
  list(@Query() url: UrlQuery, @Req() request: FastifyRequest): Promise<Shown> {
    return this.documents.find('rules', queryOf(url, []), askedBy(request));
  }

  @Get(':programme')
  @Roles('agent', 'supervisor', 'approver', 'analyst', 'operator')
  @ApiOperation({ operationId: 'RulesOfProgramme', summary: "One programme's rule sets, and which are in force" })
  show(@Param('programme') programme: string, @Req() request: FastifyRequest): Promise<object> {
    return this.documents.get('rules', programme, askedBy(request));
  }

  @Post('check')
  @HttpCode(200)
  @Roles('operator', 'supervisor')
  @ApiBody({ schema: schemaOf(CheckRules) })
  @ApiOperation({ operationId: 'CheckRules', summary: 'What is wrong with a rule set, each mistake by its path' })
  check(@Valid(CheckRules) { content }: CheckRules): object {
    const problems = checkRuleSet(content);
    return { problems, ...(problems.length === 0 ? { ruleSet: ruleSetHash(soundRules(content)) } : {}) };
  }

  @Post(':programme/drafts')
  @HttpCode(200)
  @Roles('operator')
  @ApiBody({ schema: schemaOf(DraftRules) })
  @ApiOperation({ operationId: 'DraftRules', summary: 'Draft a rule set; it is named by the hash of its content' })
  async draft(
    @Param('programme') programme: string,
    @Valid(DraftRules) { content, note }: DraftRules,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written & { ruleSet: string }> {
    const ruleSet = ruleSetHash(soundRules(content));
    const noted = note === undefined ? {} : { note };
    const done = await this.commands.execute({ type: 'DraftRuleSet', programme, ruleSet, content, ...noted }, sent);
    return { ...answerWritten(reply, programme, done), ruleSet };
  }

  @Post(':programme/:ruleSet/approve')
  @HttpCode(200)
  @Roles('operator')
  @ApiBody({ schema: schemaOf(GiveReason) })
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
  @ApiBody({ schema: schemaOf(ActivateRules) })
  @ApiOperation({
    operationId: 'ActivateRules',
    summary: 'Put an approved rule set in force; past verdicts keep theirs',
  })
  async activate(
    @Param() { programme = '', ruleSet = '' }: Readonly<Record<string, string>>,
    @Valid(ActivateRules) { from }: ActivateRules,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    const since = from === undefined ? {} : { from: instantOf(from) };
    const done = await this.commands.execute({ type: 'ActivateRuleSet', programme, ruleSet, ...since }, sent);
    return answerWritten(reply, programme, done);
  }
}

import { Controller, Get, HttpCode, Param, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import { Commands } from '../../../libs/commands/commands.js';
import { isRefusal } from '../../../libs/event-sourcing/decider.js';
import { idOf } from '../../../libs/event-sourcing/identity.js';
import { Roles, type Caller } from '../../../libs/platform/auth/roles.js';
import type { CommandOf } from '../../../libs/recovery/aggregates.js';
import { message, valid } from '../../../libs/platform/validation/schema.js';
import {
  CompleteImprovementAction,
  ImprovementActionRaised,
  RaiseImprovementAction,
} from '../../../libs/recovery/improvement/improvement.js';
import type { SampleReport } from '../../../libs/verification/sample-report.js';
import { ReadYourWrite } from '../queries/read-your-write.js';
import { Valid } from '../http/body.js';
import { bodyOf, CommandRoute } from '../http/command-route.js';
import {
  answerWritten,
  CommandSent,
  problemOfRefusal,
  requestBy,
  WhoAsks,
  type Sent,
  type Written,
} from '../http/request-headers.js';
import { FailureReports, ReportFailure } from './report-failure.js';
import { DrawSample, Samples } from './samples.js';

const { improvement: _, ...raising } = ImprovementActionRaised.data.properties;
const Raising = message(raising, RaiseImprovementAction.comes.example);
type Raising = Static<typeof Raising>;
const Completing = bodyOf(CompleteImprovementAction);
type Completing = Static<typeof Completing>;

/** Learning from many cases: failures that affected many customers, improvement actions, samples. */
@ApiTags('improvement')
@Controller('v1')
export class ImprovementController {
  constructor(
    private readonly commands: Commands,
    private readonly failures: FailureReports,
    private readonly samples: Samples,
  ) {}

  @Post('failures')
  @HttpCode(202)
  @Roles('integrator', 'supervisor', 'operator')
  @ApiOperation({
    operationId: 'ReportFailure',
    summary: 'Report a failure that affected many customers: each gets a response that points to it',
    description: 'Idempotent by source and external id: a report that was cut off can be sent again.',
  })
  async report(
    @Valid(ReportFailure) sent: ReportFailure,
    @WhoAsks() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written & { responses: readonly string[] }> {
    const reported = await this.failures.report(sent, caller);
    if (isRefusal(reported)) throw problemOfRefusal(reported);
    const { failure, responses } = reported;
    return { ...answerWritten(reply, idOf(sent.source, sent.externalId), failure), responses };
  }

  @CommandRoute(RaiseImprovementAction)
  raise(
    @Valid(Raising) raised: Raising,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    // The command's id names the action, so a repeated command names the same one.
    const improvement = idOf('improvement', sent.commandId);
    return this.act({ type: RaiseImprovementAction.type, improvement, ...raised }, sent, reply);
  }

  @CommandRoute(CompleteImprovementAction)
  complete(
    @Param('improvement') improvement: string,
    @Valid(Completing) { outcome }: Completing,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    return this.act({ type: CompleteImprovementAction.type, improvement, outcome }, sent, reply);
  }

  @Post('verification-samples')
  @HttpCode(200)
  @Roles('supervisor', 'approver', 'operator')
  @ApiOperation({
    operationId: 'DrawSample',
    summary: 'Draw which approved cases of a month are verified, by the seed and rate of the rules',
    description: 'Only after the month is over (UTC). Anybody can repeat the drawing from the record.',
  })
  draw(
    @Valid(DrawSample) wanted: DrawSample,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return this.samples.draw(wanted, sent, reply);
  }

  @Get('verification-samples')
  @UseGuards(ReadYourWrite)
  @Roles('supervisor', 'approver', 'analyst', 'operator')
  @ApiOperation({
    operationId: 'Sample',
    summary: 'A sample with the calls to verify it, and where customers and the record disagree',
  })
  @ApiQuery({ name: 'month', example: '2031-05' })
  @ApiQuery({ name: 'programme', required: false })
  sample(@Query() query: Readonly<Record<string, unknown>>): Promise<SampleReport> {
    return this.samples.report(valid(DrawSample, query) as DrawSample);
  }

  private async act(command: CommandOf<'improvement'>, sent: Sent, reply: FastifyReply): Promise<Written> {
    const { improvement: id } = command;
    const request = { ...requestBy(sent), aggregate: 'improvement', id, programme: '', command } as const;
    return answerWritten(reply, id, await this.commands.execute(request));
  }
}

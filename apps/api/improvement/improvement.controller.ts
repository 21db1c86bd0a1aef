import { Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Commands } from '../../../libs/commands/commands.js';
import { isRefusal } from '../../../libs/event-sourcing/decider.js';
import { idOf } from '../../../libs/event-sourcing/identity.js';
import { Roles, type Caller } from '../../../libs/platform/auth/roles.js';
import { schemaOf } from '../../../libs/platform/validation/schema.js';
import type { CommandOf } from '../../../libs/recovery/aggregates.js';
import { Valid } from '../http/body.js';
import {
  answerWritten,
  CommandSent,
  problemOfRefusal,
  WhoAsks,
  type Sent,
  type Written,
} from '../http/request-headers.js';
import { CompleteImprovement, DrawSample, RaiseImprovement, ReportFailure } from './improvement-messages.js';
import { FailureReports } from './report-failure.js';
import { Samples } from './samples.js';

/** What is learnt from many cases: failures that touched many customers, what is done against causes, samples. */
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
  @ApiBody({ schema: schemaOf(ReportFailure) })
  @ApiOperation({
    operationId: 'ReportFailure',
    summary: 'Report once what went wrong for many customers: each gets a response that points to it',
    description: 'Idempotent by source and external id; sent again after being cut off, what is missing is added.',
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

  @Post('improvements')
  @HttpCode(200)
  @Roles('supervisor', 'approver', 'operator')
  @ApiBody({ schema: schemaOf(RaiseImprovement) })
  @ApiOperation({
    operationId: 'RaiseImprovement',
    summary: 'Say what is to be changed so that a cause stops recurring',
  })
  raise(
    @Valid(RaiseImprovement) { cause, owner, change, dueOn }: RaiseImprovement,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    // The command's id names the action, so that sent again it is the same.
    const improvement = idOf('improvement', sent.commandId);
    return this.act({ type: 'RaiseImprovementAction', improvement, cause, owner, change, dueOn }, sent, reply);
  }

  @Post('improvements/:id/completion')
  @HttpCode(200)
  @Roles('supervisor', 'approver', 'operator')
  @ApiBody({ schema: schemaOf(CompleteImprovement) })
  @ApiOperation({ operationId: 'CompleteImprovement', summary: 'Say what was changed' })
  complete(
    @Param('id') improvement: string,
    @Valid(CompleteImprovement) { outcome }: CompleteImprovement,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    return this.act({ type: 'CompleteImprovementAction', improvement, outcome }, sent, reply);
  }

  @Post('verification-samples')
  @HttpCode(200)
  @Roles('supervisor', 'approver', 'operator')
  @ApiBody({ schema: schemaOf(DrawSample) })
  @ApiOperation({
    operationId: 'DrawSample',
    summary: 'Draw which approved cases of a month are verified, by the seed and rate of the rules',
    description: 'Once the month is over (UTC). Anybody can repeat the drawing from what is recorded.',
  })
  draw(
    @Valid(DrawSample) wanted: DrawSample,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return this.samples.draw(wanted, sent, reply);
  }

  private async act(command: CommandOf<'improvement'>, sent: Sent, reply: FastifyReply): Promise<Written> {
    const { caller, commandId, expectedRevision } = sent;
    const done = await this.commands.execute({
      aggregate: 'improvement',
      id: command.improvement,
      programme: '',
      actor: { id: caller.name, role: caller.role },
      commandId,
      chosenId: true,
      ...(expectedRevision === undefined ? {} : { expectedRevision }),
      command,
    });
    return answerWritten(reply, command.improvement, done);
  }
}

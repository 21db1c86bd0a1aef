import { Controller, Get, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { errorText } from '../../event-sourcing/error-text.js';
import { Everyone } from '../auth/roles.js';
import { pause } from '../stores/turn.js';
import { Readiness, type Check, type Finding } from './readiness.js';

@ApiTags('operations')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicator: HealthIndicatorService,
    private readonly readiness: Readiness,
  ) {}

  @Get('live')
  @Everyone()
  @ApiOperation({ summary: 'The process answers' })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @Everyone()
  @HealthCheck({ swaggerDocumentation: false })
  @ApiOperation({ summary: 'Everything that serving needs is up; else 503 and what is down' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    try {
      return await this.health.check(
        [...this.readiness.checks].map(([name, check]) => async () => {
          const { up, ...details } = await findingOf(check);
          const indicator = this.indicator.check(name);
          return up ? indicator.up(details) : indicator.down(details);
        }),
      );
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      // Terminus puts the findings, which are the answer, into the error.
      void reply.code(error.getStatus());
      return error.getResponse() as HealthCheckResult;
    }
  }
}

/** Longer than a store takes to report that it is down. */
const CHECK_WITHIN_MS = 4_000;

/** A check that fails or takes too long counts as down. */
async function findingOf(check: Check): Promise<Finding> {
  const over = new AbortController();
  const late: Finding = { up: false, error: `It has not answered within ${CHECK_WITHIN_MS / 1_000} s.` };
  try {
    return await Promise.race([check(), pause(CHECK_WITHIN_MS, over.signal).then(() => late)]);
  } catch (error) {
    return { up: false, error: errorText(error) };
  } finally {
    over.abort();
  }
}

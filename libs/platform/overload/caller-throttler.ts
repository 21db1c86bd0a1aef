import { Injectable, type ExecutionContext } from '@nestjs/common';
import { ThrottlerGuard } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../problem/problem.js';

/** Limits the rate of each caller over all routes, by address where a route needs no key. */
@Injectable()
export class CallerThrottler extends ThrottlerGuard {
  protected override getTracker(request: FastifyRequest): Promise<string> {
    return Promise.resolve(request.caller?.id ?? request.ip);
  }

  protected override generateKey(_context: ExecutionContext, tracker: string): string {
    return tracker;
  }

  protected override throwThrottlingException(): Promise<void> {
    throw new Problem({
      status: 429,
      code: 'too-many-requests',
      detail: 'Too many requests in this second. Try again in the next.',
      headers: { 'retry-after': '1' },
    });
  }
}

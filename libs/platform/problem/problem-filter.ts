import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorText } from '../../event-sourcing/error-text.js';
import { RevisionConflict } from '../../event-store/event-store.js';
import { VersionConflict } from '../../ledger/ledger.js';
import { GenerationConflict, NothingLive, QueryRefused } from '../../read-store/read-store.js';
import { FollowedElsewhere } from '../../replay/follow/following.js';
import { FirstBuild } from '../health/first-build.js';
import { damageInWords, isStoreDamaged } from '../stores/store-damaged.js';
import { storeDown } from '../stores/store-down.js';
import { Problem, unavailable } from './problem.js';

/** Answers every error of a route as a problem. An unexpected error is logged, and tells the caller nothing more. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problem');

  constructor(private readonly firstBuild: FirstBuild) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const { progress } = this.firstBuild;
    const problem = error instanceof NothingLive && progress ? stillBuilding(progress) : problemOf(error);
    if (problem.details.status >= 500 && !(error instanceof Problem)) {
      const request = http.getRequest<FastifyRequest>();
      const trace = error instanceof Error ? error.stack : String(error);
      this.logger.error({ method: request.method, route: request.routeOptions.url, trace }, 'A request failed');
    }
    sendProblem(http.getResponse<FastifyReply>(), problem);
  }
}

function stillBuilding({ share, secondsLeft }: NonNullable<FirstBuild['progress']>): Problem {
  const left = secondsLeft === undefined ? undefined : Math.max(1, Math.ceil(secondsLeft));
  const until = left === undefined ? 'Try again in a few seconds.' : `Try again in ${left} s.`;
  const detail = `The read models are being built, ${Math.floor(share * 100)} % of history so far. ${until}`;
  return unavailable('read-models-not-built', detail, left);
}

export function sendProblem(reply: FastifyReply, problem: Problem): void {
  void reply
    .code(problem.details.status)
    .headers(problem.details.headers ?? {})
    .type('application/problem+json')
    .send(JSON.stringify(problem.body));
}

/** Another writer was faster, or another process is to be asked. */
const CONFLICTS = [
  [RevisionConflict, 'revision-conflict'],
  [VersionConflict, 'version-conflict'],
  [GenerationConflict, 'generation-conflict'],
  [FollowedElsewhere, 'followed-elsewhere'],
] as const;

export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const conflict = CONFLICTS.find(([kind]) => error instanceof kind);
  if (conflict !== undefined) return new Problem({ status: 409, code: conflict[1], detail: errorText(error) });
  if (error instanceof NothingLive) return unavailable('read-models-not-built', error.message);
  // The store's own message names hosts and files: it is for the log.
  const down = storeDown(error);
  if (down !== undefined)
    return unavailable(
      'unavailable',
      `The ${down} can not be reached now; /health/ready says when it can. Then send this again, a command with its Idempotency-Key, so that it takes effect once.`,
    );
  // No Retry-After: it stays damaged until an operator mends it.
  if (isStoreDamaged(error)) return new Problem({ status: 503, code: 'damaged', detail: damageInWords(error) });
  if (error instanceof QueryRefused) {
    const errors = error.field === undefined ? {} : { errors: [{ field: error.field, message: error.message }] };
    return new Problem({ status: 422, code: 'query-refused', detail: error.message, ...errors });
  }
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
  if (status !== undefined && error instanceof Error)
    return new Problem({ status, code: CODES[status] ?? 'refused', detail: error.message });
  return new Problem({ status: 500, code: 'failed', detail: 'The request failed; the log of the app says why.' });
}

/** Fastify's own errors (body too large, unknown media type, ...) carry their status. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}

const CODES: Readonly<Record<number, string>> = {
  400: 'malformed',
  401: 'unknown-caller',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  408: 'timeout',
  413: 'too-large',
  414: 'path-too-long',
  415: 'unsupported-media-type',
  422: 'invalid',
  429: 'too-many-requests',
  503: 'unavailable',
};

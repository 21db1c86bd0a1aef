import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Done } from '../../../libs/commands/commands.js';
import { isRefusal, type Refusal } from '../../../libs/event-sourcing/decider.js';
import { stated } from '../../../libs/event-sourcing/stated.js';
import type { Caller } from '../../../libs/platform/auth/roles.js';
import { Problem, invalid } from '../../../libs/platform/problem/problem.js';
import type { Breach } from '../../../libs/recovery/vocabulary/words.js';
import { waysOut, withRoutes } from './way-out.js';

/** The headers of a command: its caller, its id, and the revision that the caller decided on. */
export interface Sent {
  readonly caller: Caller;
  readonly commandId: string;
  readonly expectedRevision?: number;
}

const VISIBLE = /^[\x21-\x7e]{1,200}$/;
const ETAG = /^(?:W\/)?"(\d{1,15})"$/;

export const CommandSent = createParamDecorator((_: unknown, context: ExecutionContext): Sent => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return {
    caller: callerOf(request),
    commandId: commandIdOf(request.headers['idempotency-key']),
    expectedRevision: revisionOf(request.headers['if-match']),
  };
});

/** The same with the caller as history names them: by name and role. */
export const sentBy = ({ caller: { name, role }, ...sent }: Sent) => ({ ...sent, actor: { id: name, role } });

/** The part of a command's request that is the same for all routes. */
export const requestBy = (sent: Sent) => ({ ...sentBy(sent), chosenId: true as const });

export const WhoAsks = createParamDecorator((_: unknown, context: ExecutionContext): Caller =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

function callerOf({ caller }: FastifyRequest): Caller {
  if (caller === undefined) throw new Error('A route that takes commands must ask who calls.');
  return caller;
}

function commandIdOf(header: string | string[] | undefined): string {
  if (header === undefined) return randomUUID();
  if (typeof header === 'string' && VISIBLE.test(header)) return header;
  throw invalid([{ field: 'Idempotency-Key', message: 'must be 1 to 200 visible ASCII characters' }], 400);
}

function revisionOf(header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined;
  const revision = ETAG.exec(header)?.[1];
  if (revision !== undefined) return Number(revision);
  throw invalid([{ field: 'If-Match', message: 'must be the ETag of an answer, such as "7"' }], 400);
}

/** The answer to every write. Send its position header with a query to read your own write. */
export interface Written {
  readonly id: string;
  readonly revision: number;
  /** `breaches` are the rules that what happened broke. */
  readonly events: readonly { readonly id: string; readonly type: string; readonly breaches?: readonly Breach[] }[];
}

/** @throws Problem for a refusal. */
export function answerWritten(reply: FastifyReply, id: string, outcome: Done | Refusal): Written {
  if (isRefusal(outcome)) throw problemOfRefusal(outcome, id);
  void reply.header('etag', `"${outcome.revision}"`);
  answerPosition(reply, outcome);
  return { id, revision: outcome.revision, events: outcome.events.map(writtenEvent) };
}

const writtenEvent = ({ id, type, data }: Done['events'][number]): Written['events'][number] =>
  stated({ id, type, breaches: 'breaches' in data ? data.breaches : undefined });

/** Up to where a query has to have read that is to show this. */
export function answerPosition(reply: FastifyReply, { position, shard }: Done): void {
  if (position !== undefined) void reply.header('amends-position', `${position};shard=${shard ?? 0}`);
}

/** A refusal that names a field concerns the request (422); any other concerns the present state (409). @param id of what was to be changed */
export function problemOfRefusal(refusal: Refusal, id?: string): Problem {
  const { refused, because, field } = refusal;
  const wayOut = waysOut(refusal, id);
  const detail = withRoutes(because, wayOut);
  return new Problem({
    status: refused.endsWith('not-found') ? 404 : field === undefined ? 409 : 422,
    code: refused,
    detail,
    ...(wayOut.length > 0 && { wayOut }),
    errors: field === undefined ? undefined : [{ field, message: detail }],
  });
}

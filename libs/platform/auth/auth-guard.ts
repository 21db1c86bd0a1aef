import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { WindowCounts } from '../overload/window-counts.js';
import { Problem } from '../problem/problem.js';
import { ApiKeys } from './api-keys.js';
import { ROLES_OF_ROUTE, type Caller } from './roles.js';
import type { Role } from '../../recovery/vocabulary/roles.js';

declare module 'fastify' {
  interface FastifyRequest {
    caller?: Caller;
  }
}

const MOST_GUESSES = 300;
const GUESSES_WINDOW_MS = 60_000;

/** Admits callers whose key has a role that the route names. A route that names none admits nobody. */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly wrongKeys = new WindowCounts();

  constructor(
    private readonly reflector: Reflector,
    private readonly keys: ApiKeys,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const allowed = this.reflector.getAllAndOverride<readonly Role[] | 'everyone' | undefined>(ROLES_OF_ROUTE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (allowed === 'everyone') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const caller = await this.identify(request);
    request.caller = caller;
    if (allowed?.includes(caller.role)) return true;
    const who = allowed === undefined ? 'nobody' : allowed.join(', ');
    throw new Problem({
      status: 403,
      code: 'forbidden',
      detail: `This is for ${who}; the key is of role ${caller.role}. Use a key of such a role.`,
    });
  }

  private async identify(request: FastifyRequest): Promise<Caller> {
    const header = request.headers.authorization;
    const key = header?.startsWith('Bearer ') === true ? header.slice(7).trim() : '';
    const caller = key === '' ? undefined : await this.keys.callerOf(key);
    if (caller !== undefined) return caller;
    if (key !== '') await this.refuseGuessing(request.ip);
    throw new Problem({
      status: 401,
      code: 'unknown-caller',
      detail:
        key === ''
          ? 'Send an API key: Authorization: Bearer KEY.'
          : 'No such API key, or it was revoked. Have an operator make one (POST /v1/api-keys).',
      headers: { 'www-authenticate': 'Bearer' },
    });
  }

  /** Limits wrong keys by address. Callers with a valid key behind the same address are not limited. */
  private async refuseGuessing(address: string): Promise<void> {
    const { isBlocked, timeToBlockExpire } = await this.wrongKeys.increment(address, GUESSES_WINDOW_MS, MOST_GUESSES);
    if (!isBlocked) return;
    throw new Problem({
      status: 429,
      code: 'too-many-wrong-keys',
      detail: `Too many wrong keys from this address. Try again in ${timeToBlockExpire} s.`,
      headers: { 'retry-after': String(timeToBlockExpire) },
    });
  }
}

import { Controller, HttpCode, Param, Post, Res, type Type } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Roles } from '../../../libs/platform/auth/roles.js';
import { invalid } from '../../../libs/platform/problem/problem.js';
import { isId } from '../../../libs/platform/validation/fields.js';
import { schemaOf } from '../../../libs/platform/validation/schema.js';
import { Valid } from '../http/body.js';
import { answerWritten, CommandSent, type Sent, type Written } from '../http/request-headers.js';
import { CASE_ROUTES, type CaseRoute } from './case-routes.js';
import { ActOnCase } from './act-on-case.js';

type Parameters = Readonly<Record<string, string>>;

/** One POST for each command of a case, made from the table of routes. */
export function casesController(): Type {
  @ApiTags('cases')
  @Controller('v1/cases/:id')
  class CaseCommandsController {
    constructor(readonly bus: CommandBus) {}
  }
  for (const route of CASE_ROUTES) addRoute(CaseCommandsController, route);
  return CaseCommandsController;
}

function addRoute(controller: Type<{ bus: CommandBus }>, route: CaseRoute): void {
  const { path, command, message, roles, says } = route;
  async function post(
    this: { bus: CommandBus },
    { id = '', ...named }: Parameters,
    body: object,
    sent: Sent,
    reply: FastifyReply,
  ): Promise<Written> {
    if (!isId(id)) throw invalid([{ field: 'id', message: `must be the id of a case (a UUID), not "${id}"` }], 400);
    return answerWritten(reply, id, await this.bus.execute(new ActOnCase(id, command, { ...body, ...named }, sent)));
  }
  const method = command;
  const prototype = controller.prototype as Record<string, unknown>;
  Object.defineProperty(prototype, method, { value: post, configurable: true, writable: true });
  Param()(prototype, method, 0);
  Valid(message)(prototype, method, 1);
  CommandSent()(prototype, method, 2);
  Res({ passthrough: true })(prototype, method, 3);
  const descriptor = Object.getOwnPropertyDescriptor(prototype, method) ?? {};
  for (const decorate of [
    Post(path.replaceAll(/\{(\w+)\}/g, ':$1')),
    HttpCode(200),
    Roles(...roles),
    ApiOperation({ operationId: command, summary: says, description: `For ${roles.join(', ')}.` }),
    ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } }),
    ApiBody({ schema: schemaOf(message) }),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'The id of the command: sent again, it is done once',
    }),
    ApiHeader({ name: 'If-Match', required: false, description: 'The ETag of the case that was decided on' }),
  ])
    decorate(prototype, method, descriptor);
}

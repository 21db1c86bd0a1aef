import { Controller, Param, Res, type Type } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { invalid } from '../../../libs/platform/problem/problem.js';
import { isId } from '../../../libs/platform/validation/formats.js';
import { message } from '../../../libs/platform/validation/schema.js';
import { CASE_COMMANDS } from '../../../libs/recovery/case/case.js';
import { Instant, Optional } from '../../../libs/recovery/vocabulary/fields.js';
import { Valid } from '../http/body.js';
import { bodyOf, CommandRoute, isRouted, type RoutedCommand } from '../http/command-route.js';
import { answerWritten, CommandSent, type Sent, type Written } from '../http/request-headers.js';
import { ActOnCase } from './act-on-case.js';

type Parameters = Readonly<Record<string, string>>;

/** Makes one POST route for each declared command of a case. */
export function casesController(): Type {
  @ApiTags('cases')
  @Controller('v1/cases/:id')
  class CaseCommandsController {
    constructor(readonly bus: CommandBus) {}
  }
  for (const declared of CASE_COMMANDS) if (isRouted(declared)) addRoute(CaseCommandsController, declared);
  return CaseCommandsController;
}

function addRoute(controller: Type<{ bus: CommandBus }>, declared: RoutedCommand): void {
  const { properties } = bodyOf(declared);
  const body = message({ ...properties, occurredAt: Optional(Instant) }, declared.comes.example);
  async function post(
    this: { bus: CommandBus },
    { id = '', ...named }: Parameters,
    sentBody: object,
    sent: Sent,
    reply: FastifyReply,
  ): Promise<Written> {
    if (!isId(id)) throw invalid([{ field: 'id', message: `must be the id of a case (a UUID), not "${id}"` }], 400);
    const fields = { ...sentBody, ...named };
    return answerWritten(reply, id, await this.bus.execute(new ActOnCase(id, declared, fields, sent)));
  }
  const method = declared.type;
  const prototype = controller.prototype as Record<string, unknown>;
  Object.defineProperty(prototype, method, { value: post, configurable: true, writable: true });
  Param()(prototype, method, 0);
  Valid(body)(prototype, method, 1);
  CommandSent()(prototype, method, 2);
  Res({ passthrough: true })(prototype, method, 3);
  const descriptor = Object.getOwnPropertyDescriptor(prototype, method) ?? {};
  CommandRoute(declared)(prototype, method, descriptor);
  ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })(prototype, method, descriptor);
}

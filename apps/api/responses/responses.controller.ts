import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { isRefusal } from '../../../libs/event-sourcing/decider.js';
import { Roles, type Caller } from '../../../libs/platform/auth/roles.js';
import { Valid } from '../http/body.js';
import { answerWritten, problemOfRefusal, WhoAsks, type Written } from '../http/request-headers.js';
import { receiveLines } from './batch.js';
import { Receive } from './receive.js';
import { ReceiveResponse } from '../../../libs/responses/receive-response.js';
import { unsupported } from '../http/problems.js';

@ApiTags('responses')
@Controller('v1/responses')
export class ResponsesController {
  constructor(private readonly bus: CommandBus) {}

  @Post()
  @HttpCode(202)
  @Roles('integrator', 'supervisor', 'operator')
  @ApiOperation({
    operationId: 'ReceiveResponse',
    summary: 'Send one response in',
    description: 'Idempotent by source and external id. Stored before the answer; triage follows at once.',
  })
  async receive(
    @Valid(ReceiveResponse) sent: ReceiveResponse,
    @WhoAsks() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    const received = await this.bus.execute(new Receive(sent, caller));
    if (isRefusal(received)) throw problemOfRefusal(received);
    return answerWritten(reply, received.response, received.done);
  }

  @Post('batch')
  @HttpCode(200)
  @Roles('integrator', 'supervisor', 'operator')
  @ApiOperation({
    operationId: 'ReceiveResponses',
    summary: 'Send many responses in, one JSON object a line',
    description: 'Answers with one line for each line, in order: its number and the response, or the problem with it.',
  })
  @ApiConsumes('application/x-ndjson')
  @ApiBody({ schema: { type: 'string' } })
  batch(@Body() lines: unknown, @WhoAsks() caller: Caller, @Res() reply: FastifyReply): void {
    if (!(lines instanceof Readable))
      throw unsupported('Send the batch as application/x-ndjson: one JSON object a line.');
    const results = receiveLines(lines, async (sent) => {
      // It reads on only as fast as responses are triaged.
      const received = await this.bus.execute(new Receive(sent, caller, 'wait'));
      if (isRefusal(received)) throw problemOfRefusal(received);
      return { id: received.response, revision: received.done.revision };
    });
    void reply.type('application/x-ndjson').send(Readable.from(results, { objectMode: false }));
  }
}

import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ActOnCaseHandler } from './cases/act-on-case.js';
import { casesController } from './cases/cases.controller.js';
import { RootController } from './http/root.controller.js';
import { ReceiveHandler } from './responses/receive.js';
import { ResponsesController } from './responses/responses.controller.js';

/** Commands in, queries out, over HTTP. */
@Module({
  imports: [CqrsModule],
  controllers: [RootController, ResponsesController, casesController()],
  providers: [ReceiveHandler, ActOnCaseHandler],
})
export class ApiModule {}

import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ActOnCaseHandler } from './cases/act-on-case.js';
import { casesController } from './cases/cases.controller.js';
import { Builds } from './generations/builds.js';
import { GenerationsController } from './generations/generations.controller.js';
import { RootController } from './http/root.controller.js';
import { Imports } from './imports/imports.js';
import { ImportsController } from './imports/imports.controller.js';
import { ImprovementController } from './improvement/improvement.controller.js';
import { FailureReports } from './improvement/report-failure.js';
import { Samples } from './improvement/samples.js';
import { KeysController } from './keys/keys.controller.js';
import { ParkedController } from './operations/parked.controller.js';
import { CustomersController } from './customers/customers.controller.js';
import { Joining } from './customers/joining.js';
import { CustomersOfCases } from './queries/customer-of-case.js';
import { AccessLog } from './queries/access-log.js';
import { Documents } from './queries/documents.js';
import { QueriesController } from './queries/queries.controller.js';
import { Reports } from './queries/reports.js';
import { ReportsController } from './queries/reports.controller.js';
import { RehearsalsController } from './rehearsals/rehearsals.controller.js';
import { Rehearsals } from './rehearsals/rehearsals.js';
import { BacklogModule } from './responses/backlog.module.js';
import { ReceiveHandler } from './responses/receive.js';
import { HeldBackController } from './responses/held-back.controller.js';
import { ResponsesController } from './responses/responses.controller.js';
import { RulesController } from './rules/rules.controller.js';
import { TeamsController } from './teams/teams.controller.js';

/** Commands in, queries out, over HTTP. */
@Module({
  imports: [CqrsModule, BacklogModule],
  controllers: [
    RootController,
    ResponsesController,
    HeldBackController,
    casesController(),
    QueriesController,
    CustomersController,
    ReportsController,
    TeamsController,
    RulesController,
    GenerationsController,
    KeysController,
    ParkedController,
    ImprovementController,
    RehearsalsController,
    ImportsController,
  ],
  providers: [
    ReceiveHandler,
    ActOnCaseHandler,
    AccessLog,
    CustomersOfCases,
    Documents,
    Reports,
    Builds,
    Rehearsals,
    FailureReports,
    Joining,
    Samples,
    Imports,
  ],
})
export class ApiModule {}

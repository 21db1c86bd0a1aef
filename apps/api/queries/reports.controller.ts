import { applyDecorators, Controller, Get, Inject, UseGuards } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import { Roles } from '../../../libs/platform/auth/roles.js';
import { stated } from '../../../libs/event-sourcing/stated.js';
import { READERS } from '../../../libs/recovery/vocabulary/roles.js';
import { NOW } from '../../../libs/platform/stores/stores.module.js';
import { CLOCK_REPORT_BY } from '../../../libs/reports/clock-report.js';
import type { ReportRequest } from '../../../libs/reports/reports.js';
import { CAUSE_LEVELS, CAUSE_READINGS } from '../../../libs/reports/root-cause-report.js';
import { TIMES_BY } from '../../../libs/reports/times-report.js';
import { ClientGone } from '../http/client-gone.js';
import { POSITION_HEADER, ReadYourWrite } from './read-your-write.js';
import { Reports } from './reports.js';
import { oneOf, pageOf, Parameters, type Named } from './url-query.js';
import { instantsOf, viewOf } from './view.js';

const READ_ANEW =
  'With `knownAt` or `under`, alone or together, history is read anew for it, beside what is served: that takes its time, ' +
  'and 503 says that another is being answered. A client that goes away stops it.';

/** The route of a report, and what its documentation says. */
const Report = (path: string, operationId: string, summary: string): MethodDecorator =>
  applyDecorators(Get(path), ApiOperation({ operationId, summary, description: READ_ANEW }));

/** Figures over all cases, without personal fields: as they are, as they were known, and under other rules. */
@ApiTags('reports')
@ApiHeader(POSITION_HEADER)
@UseGuards(ReadYourWrite)
@Controller('v1/reports')
@Roles(...READERS)
export class ReportsController {
  constructor(
    private readonly reports: Reports,
    private readonly rules: RulesInForce,
    @Inject(NOW) private readonly now: () => string,
  ) {}

  @Report('clocks', 'ClockReport', 'Count met and missed clocks, ours and as sources reported them')
  clocks(
    @Parameters('programme', 'by', 'at', 'knownAt', 'under') { programme, by, ...named }: Named,
    @ClientGone() gone: AbortSignal,
  ): Promise<object> {
    const { at, view } = this.viewOf(named);
    const asked = { programme, by: oneOf('by', by, CLOCK_REPORT_BY), at };
    return this.reports.ask({ report: 'clocks', asked }, view, gone);
  }

  @Report('disagreements', 'DisagreementReport', "List the clocks whose verdict differs from the source's")
  disagreements(
    @Parameters('programme', 'target', 'limit', 'after', 'knownAt', 'under') { limit, knownAt, under, ...where }: Named,
    @ClientGone() gone: AbortSignal,
  ): Promise<object> {
    const asked = { ...where, limit: limit === undefined ? undefined : pageOf(limit) };
    return this.viewed({ report: 'disagreements', asked }, { knownAt, under }, gone);
  }

  @Report('funnel', 'FunnelReport', 'Count the steps from responses to recovered customers')
  funnel(
    @Parameters('programme', 'touchpoint', 'product', 'from', 'until', 'at', 'knownAt', 'under')
    { at: asOf, knownAt, under, ...asked }: Named,
    @ClientGone() gone: AbortSignal,
  ): Promise<object> {
    const when = instantsOf(asked, 'from', 'until');
    const { at, view } = this.viewOf(stated({ at: asOf, knownAt, under }));
    return this.reports.ask({ report: 'funnel', asked: { ...asked, ...when, at } }, view, gone);
  }

  @Report(
    'root-causes',
    'RootCauseReport',
    'Count root causes, most frequent first: as mapped now, recorded last or recorded first',
  )
  rootCauses(
    @Parameters('programme', 'team', 'touchpoint', 'product', 'month', 'level', 'as', 'knownAt', 'under')
    { level, as, knownAt, under, ...where }: Named,
    @ClientGone() gone: AbortSignal,
  ): Promise<object> {
    const asked = { ...where, as: oneOf('as', as, CAUSE_READINGS), level: oneOf('level', level, CAUSE_LEVELS) };
    return this.viewed({ report: 'root-causes', asked }, { knownAt, under }, gone);
  }

  @Report('times', 'TimesReport', 'How long each step took')
  times(
    @Parameters('programme', 'by', 'knownAt', 'under') { programme, by, ...named }: Named,
    @ClientGone() gone: AbortSignal,
  ): Promise<object> {
    return this.viewed({ report: 'times', asked: { programme, by: oneOf('by', by, TIMES_BY) } }, named, gone);
  }

  @Report('repeats', 'RepeatReport', 'How often customers come back with another case')
  repeats(
    @Parameters('programme', 'knownAt', 'under') { programme, ...named }: Named,
    @ClientGone() gone: AbortSignal,
  ): Promise<object> {
    return this.viewed({ report: 'repeats', asked: { programme } }, named, gone);
  }

  private viewed(report: ReportRequest, named: Named, gone: AbortSignal): Promise<object> {
    return this.reports.ask(report, this.viewOf(named).view, gone);
  }

  private viewOf(named: Named): ReturnType<typeof viewOf> {
    return viewOf(this.rules.history, named, this.now());
  }
}

import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import { Roles } from '../../../libs/platform/auth/roles.js';
import { READERS } from '../../../libs/recovery/vocabulary/roles.js';
import { CLOCK_REPORT_BY } from '../../../libs/reports/clock-report.js';
import type { ReportRequest } from '../../../libs/reports/reports.js';
import { CAUSE_LEVELS, CAUSE_READINGS } from '../../../libs/reports/root-cause-report.js';
import { TIMES_BY } from '../../../libs/reports/times-report.js';
import { ClientGone } from '../http/client-gone.js';
import { Reports } from './reports.js';
import { only, oneOf, pageOf, wrong } from './url-query.js';
import { Viewed, viewOf, type ViewInUrl } from './view.js';

const READ_ANEW =
  'With `knownAt` or `under`, alone or together, history is read anew for it, beside what is served: that takes its time, ' +
  'and 503 says that another is being answered. A client that goes away stops it.';

type Asked = Readonly<Record<string, string | undefined>>;

const Parameters =
  (...names: string[]) =>
  (target: object, key: string, descriptor: PropertyDescriptor) => {
    for (const name of names) ApiQuery({ name, required: false, schema: { type: 'string' } })(target, key, descriptor);
  };

/** Figures over all cases, without personal fields: as they are, as they were known, and under other rules. */
@ApiTags('reports')
@Controller('v1/reports')
@Roles(...READERS)
export class ReportsController {
  constructor(
    private readonly reports: Reports,
    private readonly rules: RulesInForce,
  ) {}

  @Get('clocks')
  @Parameters('programme', 'by')
  @Viewed('at', 'knownAt', 'under')
  @ApiOperation({
    operationId: 'ClockReport',
    summary: 'Count met and missed clocks, ours and as sources reported them',
    description: READ_ANEW,
  })
  clocks(@Query() asked: Asked, @ClientGone() gone: AbortSignal): Promise<object> {
    const { programme, by, ...named } = only(asked, ['programme', 'by', 'at', 'knownAt', 'under']);
    const { at, view } = viewOf(this.rules.history, named);
    const where = {
      ...(programme === undefined ? {} : { programme }),
      ...(by === undefined ? {} : { by: oneOf('by', by, CLOCK_REPORT_BY) }),
      at,
    };
    return this.reports.ask({ report: 'clocks', asked: where }, view, gone);
  }

  @Get('disagreements')
  @Parameters('programme', 'target', 'limit', 'after')
  @Viewed('knownAt', 'under')
  @ApiOperation({
    operationId: 'DisagreementReport',
    summary: "List the clocks whose verdict differs from the source's",
    description: READ_ANEW,
  })
  disagreements(@Query() asked: Asked, @ClientGone() gone: AbortSignal): Promise<object> {
    const names = ['programme', 'target', 'limit', 'after', 'knownAt', 'under'] as const;
    const { knownAt, under, limit, ...where } = only(asked, names);
    const paged = limit === undefined ? where : { ...where, limit: pageOf(limit) };
    return this.viewed({ report: 'disagreements', asked: paged }, { knownAt, under }, gone);
  }

  @Get('funnel')
  @Parameters('programme', 'touchpoint', 'product', 'from', 'until')
  @Viewed('knownAt', 'under')
  @ApiOperation({
    operationId: 'FunnelReport',
    summary: 'Count the steps from responses to recovered customers',
    description: READ_ANEW,
  })
  funnel(@Query() asked: Asked, @ClientGone() gone: AbortSignal): Promise<object> {
    const names = ['programme', 'touchpoint', 'product', 'from', 'until', 'knownAt', 'under'] as const;
    const { knownAt, under, ...where } = only(asked, names);
    return this.viewed({ report: 'funnel', asked: where }, { knownAt, under }, gone);
  }

  @Get('root-causes')
  @Parameters('programme', 'team', 'touchpoint', 'product', 'month', 'level', 'as')
  @Viewed('knownAt', 'under')
  @ApiOperation({
    operationId: 'RootCauseReport',
    summary: 'Count root causes, most frequent first: as mapped now, recorded last or recorded first',
    description: READ_ANEW,
  })
  rootCauses(@Query() asked: Asked, @ClientGone() gone: AbortSignal): Promise<object> {
    const names = ['programme', 'team', 'touchpoint', 'product', 'month', 'level', 'as', 'knownAt', 'under'] as const;
    const { level, as, knownAt, under, ...where } = only(asked, names);
    const causes = {
      ...where,
      ...(as === undefined ? {} : { as: oneOf('as', as, CAUSE_READINGS) }),
      ...(level === undefined
        ? {}
        : { level: CAUSE_LEVELS.find((one) => String(one) === level) ?? wrong('level', CAUSE_LEVELS) }),
    };
    return this.viewed({ report: 'root-causes', asked: causes }, { knownAt, under }, gone);
  }

  @Get('times')
  @Parameters('programme', 'by')
  @Viewed('knownAt', 'under')
  @ApiOperation({ operationId: 'TimesReport', summary: 'How long each step took', description: READ_ANEW })
  times(@Query() asked: Asked, @ClientGone() gone: AbortSignal): Promise<object> {
    const { programme, by, knownAt, under } = only(asked, ['programme', 'by', 'knownAt', 'under']);
    const where = {
      ...(programme === undefined ? {} : { programme }),
      ...(by === undefined ? {} : { by: oneOf('by', by, TIMES_BY) }),
    };
    return this.viewed({ report: 'times', asked: where }, { knownAt, under }, gone);
  }

  @Get('repeats')
  @Parameters('programme')
  @Viewed('knownAt', 'under')
  @ApiOperation({
    operationId: 'RepeatReport',
    summary: 'How often customers come back with another case',
    description: READ_ANEW,
  })
  repeats(@Query() asked: Asked, @ClientGone() gone: AbortSignal): Promise<object> {
    const { knownAt, under, ...where } = only(asked, ['programme', 'knownAt', 'under']);
    return this.viewed({ report: 'repeats', asked: where }, { knownAt, under }, gone);
  }

  private viewed(report: ReportRequest, named: ViewInUrl, gone: AbortSignal): Promise<object> {
    return this.reports.ask(report, viewOf(this.rules.history, named).view, gone);
  }
}

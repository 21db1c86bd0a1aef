import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { Roles } from '../../../libs/platform/auth/roles.js';
import { invalid } from '../../../libs/platform/problem/problem.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import { CLOCK_REPORT_BY, clockReport } from '../../../libs/reports/clock-report.js';
import { funnelReport } from '../../../libs/reports/funnel-report.js';
import { repeatReport } from '../../../libs/reports/repeat-report.js';
import { CAUSE_LEVELS, CAUSE_READINGS, rootCauseReport } from '../../../libs/reports/root-cause-report.js';
import { TIMES_BY, timesReport } from '../../../libs/reports/times-report.js';

type Asked = Readonly<Record<string, string | undefined>>;

const Parameters =
  (...names: string[]) =>
  (target: object, key: string, descriptor: PropertyDescriptor) => {
    for (const name of names) ApiQuery({ name, required: false, schema: { type: 'string' } })(target, key, descriptor);
  };

/** Figures over all cases: no personal field is in them. */
@ApiTags('reports')
@Controller('v1/reports')
@Roles('agent', 'supervisor', 'approver', 'analyst', 'operator')
export class ReportsController {
  constructor(@Inject(STORES) private readonly stores: Stores) {}

  @Get('clocks')
  @Parameters('programme', 'by')
  @ApiOperation({ operationId: 'ClockReport', summary: 'Promises kept and missed, ours and as sources reported them' })
  clocks(@Query() asked: Asked): Promise<object> {
    const { programme, by } = only(asked, ['programme', 'by']);
    return clockReport(this.stores.reads, {
      ...(programme === undefined ? {} : { programme }),
      ...(by === undefined ? {} : { by: oneOf('by', by, CLOCK_REPORT_BY) }),
      at: new Date().toISOString(),
    });
  }

  @Get('funnel')
  @Parameters('programme', 'touchpoint', 'product', 'from', 'until')
  @ApiOperation({ operationId: 'FunnelReport', summary: 'From responses to customers won back, step by step' })
  funnel(@Query() asked: Asked): Promise<object> {
    return funnelReport(this.stores.reads, only(asked, ['programme', 'touchpoint', 'product', 'from', 'until']));
  }

  @Get('root-causes')
  @Parameters('programme', 'team', 'touchpoint', 'product', 'month', 'level', 'as')
  @ApiOperation({
    operationId: 'RootCauseReport',
    summary: 'Root causes, the most frequent first, as read now, recorded last or recorded first',
  })
  rootCauses(@Query() asked: Asked): Promise<object> {
    const { level, as, ...where } = only(asked, ['programme', 'team', 'touchpoint', 'product', 'month', 'level', 'as']);
    return rootCauseReport(this.stores.reads, {
      ...where,
      ...(as === undefined ? {} : { as: oneOf('as', as, CAUSE_READINGS) }),
      ...(level === undefined
        ? {}
        : { level: CAUSE_LEVELS.find((one) => String(one) === level) ?? wrong('level', CAUSE_LEVELS) }),
    });
  }

  @Get('times')
  @Parameters('programme', 'by')
  @ApiOperation({ operationId: 'TimesReport', summary: 'How long each step took' })
  times(@Query() asked: Asked): Promise<object> {
    const { programme, by } = only(asked, ['programme', 'by']);
    return timesReport(this.stores.reads, {
      ...(programme === undefined ? {} : { programme }),
      ...(by === undefined ? {} : { by: oneOf('by', by, TIMES_BY) }),
    });
  }

  @Get('repeats')
  @Parameters('programme')
  @ApiOperation({ operationId: 'RepeatReport', summary: 'How often customers come back with another case' })
  repeats(@Query() asked: Asked): Promise<object> {
    return repeatReport(this.stores.reads, only(asked, ['programme']));
  }
}

function only<N extends string>(asked: Asked, names: readonly N[]): { readonly [name in N]?: string } {
  const unknown = Object.keys(asked).filter((name) => !(names as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw invalid(unknown.map((field) => ({ field, message: `is not known here; there are ${names.join(', ')}` })));
  return asked as { readonly [name in N]?: string };
}

const oneOf = <T extends string>(field: string, value: string, choices: readonly T[]): T =>
  choices.find((choice) => choice === value) ?? wrong(field, choices);

function wrong(field: string, choices: readonly (string | number)[]): never {
  throw invalid([{ field, message: `must be one of ${choices.join(', ')}` }]);
}

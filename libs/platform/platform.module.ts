import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { ThrottlerModule } from '@nestjs/throttler';
import { AuthGuard } from './auth/auth-guard.js';
import type { Config } from './config/config.js';
import { FirstBuild } from './health/first-build.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { logging } from './logging/logging.js';
import { Metrics, MetricsController } from './metrics/metrics.js';
import { CallerThrottler } from './overload/caller-throttler.js';
import { WindowCounts } from './overload/window-counts.js';
import { ProblemFilter } from './problem/problem-filter.js';

/** What surrounds every app's routes: authentication, roles, rate limits, health, metrics, and errors as problems. */
@Global()
@Module({})
export class PlatformModule {
  static with({ rateLimit, logLevel }: Config): DynamicModule {
    return {
      module: PlatformModule,
      imports: [
        logging(logLevel),
        TerminusModule.forRoot({ logger: false }),
        ThrottlerModule.forRoot({
          throttlers: [{ ttl: 1_000, limit: rateLimit }],
          storage: new WindowCounts(),
          setHeaders: false,
        }),
      ],
      controllers: [HealthController, MetricsController],
      providers: [
        Readiness,
        FirstBuild,
        Metrics,
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_GUARD, useClass: CallerThrottler },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
      exports: [Readiness, FirstBuild, Metrics],
    };
  }
}

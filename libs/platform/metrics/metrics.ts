import { Controller, Get, Header, Injectable } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { Everyone } from '../auth/roles.js';

/** Prometheus metrics. Each app has its own registry, so that several can run in one process. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  private readonly requests = new Histogram({
    name: 'amends_http_request_seconds',
    help: 'Time to answer a request, by route and status class',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [this.registry],
  });
  private readonly children = new Map<string, { observe(seconds: number): void }>();

  readonly commands = new Counter({
    name: 'amends_commands_total',
    help: 'Commands by aggregate and outcome (done, or the code of the refusal)',
    labelNames: ['aggregate', 'outcome'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  observeRequests(fastify: FastifyInstance): void {
    fastify.addHook('onResponse', (request, reply, next) => {
      const route = request.routeOptions.url ?? 'unknown';
      const status = `${Math.floor(reply.statusCode / 100)}xx`;
      const key = `${request.method} ${route} ${status}`;
      let child = this.children.get(key);
      if (child === undefined) {
        child = this.requests.labels(request.method, route, status);
        this.children.set(key, child);
      }
      child.observe(reply.elapsedTime / 1_000);
      next();
    });
  }

  /** A gauge that is read when Prometheus collects it. */
  gauge(
    name: string,
    help: string,
    collect: (gauge: Gauge<string>) => void | Promise<void>,
    labelNames: string[] = [],
  ): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      async collect(): Promise<void> {
        await collect(this);
      },
    });
  }
}

@ApiTags('operations')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Everyone()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiProduces('text/plain')
  @ApiOperation({ summary: 'Figures in the text form of Prometheus' })
  collect(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}

import helmet from '@fastify/helmet';
import { type Type, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { Logger } from 'nestjs-pino';
import { Metrics } from '../../../libs/platform/metrics/metrics.js';
import { problemOf, sendProblem } from '../../../libs/platform/problem/problem-filter.js';
import { boundInFlight } from '../../../libs/platform/overload/in-flight.js';
import type { Config } from '../../../libs/platform/config/config.js';
import { serveDocs } from '../docs/serve-docs.js';
import { takePlainPaths } from './paths.js';
import { MAX_BODY_BYTES, takeBodies } from './bodies.js';

const BATCH_TIMEOUT_MS = 600_000;

/** The HTTP server around a root module, ready to listen. */
export async function createApi(root: Type | DynamicModule, config: Config): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    // Limits whole requests. Node's own, shorter limits end slow headers and idle connections.
    requestTimeout: BATCH_TIMEOUT_MS,
    keepAliveTimeout: 5_000,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    trustProxy: false,
    logger: false,
    // Answers paths that can't be decoded.
    frameworkErrors: (error: Error, _request: unknown, reply: FastifyReply) => sendProblem(reply, problemOf(error)),
  });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  app.flushLogs();
  const fastify = app.getHttpAdapter().getInstance();
  takeBodies(fastify);
  await fastify.register(helmet, { contentSecurityPolicy: { directives: DOCS_POLICY } });
  const metrics = app.get(Metrics);
  metrics.observeRequests(fastify);
  const { inFlight } = boundInFlight(fastify, config.inFlightLimit);
  takePlainPaths(fastify);
  metrics.gauge('amends_http_in_flight', 'Requests being worked on', (gauge) => gauge.set(inFlight()));
  await serveDocs(app, fastify);
  return app;
}

/** The page at /docs contains its script and styles and fetches nothing from elsewhere. */
const DOCS_POLICY = {
  'default-src': ["'self'"],
  'script-src': ["'self'", "'unsafe-inline'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'object-src': ["'none'"],
  'frame-ancestors': ["'none'"],
  'upgrade-insecure-requests': null,
};

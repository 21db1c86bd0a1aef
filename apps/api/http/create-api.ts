import { type Type, type DynamicModule } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import helmet from 'helmet';
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
  protect(fastify);
  const metrics = app.get(Metrics);
  metrics.observeRequests(fastify);
  const { inFlight } = boundInFlight(fastify, config.inFlightLimit);
  takePlainPaths(fastify);
  metrics.gauge('amends_http_in_flight', 'Requests being worked on', (gauge) => gauge.set(inFlight()));
  await serveDocs(app, fastify);
  return app;
}

/** Sends helmet's headers. They are the same with each answer, so they are made once. */
function protect(fastify: FastifyInstance): void {
  const headers: Record<string, string> = {};
  const collecting = {
    setHeader: (name: string, value: string) => void (headers[name.toLowerCase()] = value),
    removeHeader: () => undefined,
  };
  helmet({ contentSecurityPolicy: { directives: DOCS_POLICY } })(
    {} as IncomingMessage,
    collecting as unknown as ServerResponse,
    (error) => {
      if (error !== undefined) throw error instanceof Error ? error : new Error(String(error));
    },
  );
  fastify.addHook('onRequest', (_request, reply, next) => {
    void reply.headers(headers);
    next();
  });
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

import type { FastifyInstance } from 'fastify';
import { overloaded } from '../problem/problem.js';
import { sendProblem } from '../problem/problem-filter.js';

/** Requests beyond the limit get 503, so memory and latency stay bounded. Health and metrics always answer. */
export function boundInFlight(fastify: FastifyInstance, limit: number): { readonly inFlight: () => number } {
  let inFlight = 0;
  const counted = new WeakSet<object>();
  fastify.addHook('onRequest', (request, reply, next) => {
    if (inFlight >= limit && !ALWAYS_ANSWERED.test(request.url)) {
      sendProblem(reply, overloaded(`${limit} requests are being worked on. Try again in a second.`));
      return;
    }
    inFlight++;
    counted.add(request);
    next();
  });
  const done = (request: object): void => {
    if (counted.delete(request)) inFlight--;
  };
  fastify.addHook('onResponse', (request, _reply, next) => {
    done(request);
    next();
  });
  fastify.addHook('onRequestAbort', (request, next) => {
    done(request);
    next();
  });
  return { inFlight: () => inFlight };
}

const ALWAYS_ANSWERED = /^\/(health|metrics)(\/|$|\?)/;

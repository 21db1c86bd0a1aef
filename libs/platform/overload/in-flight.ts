import type { FastifyInstance } from 'fastify';
import { overloaded } from '../problem/problem.js';
import { sendProblem } from '../problem/problem-filter.js';

/** Requests beyond the limit get 503, so memory and latency stay bounded. Health and metrics always answer. */
export function boundInFlight(fastify: FastifyInstance, limit: number): { readonly inFlight: () => number } {
  let inFlight = 0;
  fastify.addHook('onRequest', (request, reply, next) => {
    if (inFlight >= limit && !ALWAYS_ANSWERED.test(request.url)) {
      sendProblem(reply, overloaded(`${limit} requests are being worked on. Try again in a second.`));
      return;
    }
    inFlight++;
    // Once it is answered, or its connection is lost.
    reply.raw.once('close', () => void inFlight--);
    next();
  });
  return { inFlight: () => inFlight };
}

const ALWAYS_ANSWERED = /^\/(health|metrics)(\/|$|\?)/;

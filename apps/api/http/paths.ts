import type { FastifyInstance } from 'fastify';
import { invalid } from '../../../libs/platform/problem/problem.js';
import { sendProblem } from '../../../libs/platform/problem/problem-filter.js';

const CONTROL = /[\x00-\x1f\x7f]/;

/** Refuses control characters in path parameters: they become ids, and no id has any. */
export function takePlainPaths(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const named = Object.entries((request.params ?? {}) as Readonly<Record<string, string>>);
    const field = named.find(([, value]) => CONTROL.test(value))?.[0];
    if (field === undefined) done();
    else sendProblem(reply, invalid([{ field, message: 'must be text without control characters' }], 400));
  });
}

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseJson } from '../../../libs/platform/validation/json-body.js';

/** The size limit of one JSON body, and of each line of a batch. */
export const MAX_BODY_BYTES = 256 * 1024;

/** Accepts JSON bodies, and lines of JSON for batches. Other media types get 415. */
export function takeBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    /^application\/(json|[a-z.-]+\+json)(;|$)/,
    { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
    (_request: FastifyRequest, body: Buffer, done: (error: Error | null, value?: unknown) => void) => {
      try {
        done(null, parseJson(body));
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  );
  fastify.addContentTypeParser('application/x-ndjson', (_request, lines, done) => done(null, lines));
}

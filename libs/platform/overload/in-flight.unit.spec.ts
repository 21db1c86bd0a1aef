import { setTimeout as after } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { boundInFlight } from './in-flight.js';

let server: FastifyInstance;
let url: string;
let inFlight: () => number;
let answer: () => void;
beforeEach(async () => {
  server = fastify();
  ({ inFlight } = boundInFlight(server, 1));
  server.get('/slow', async () => {
    await new Promise<void>((resolve) => (answer = resolve));
    return 'done';
  });
  server.get('/health/live', async () => 'ok');
  url = await server.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => server.close());

const until = async (count: number): Promise<void> => {
  while (inFlight() !== count) await after(5);
};

test('a request beyond the limit is refused until the one before it is answered', async () => {
  const slow = fetch(`${url}/slow`);
  await until(1);
  expect((await fetch(`${url}/slow`)).status).toBe(503);
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  answer();
  expect(await (await slow).text()).toBe('done');
  await until(0);
});
test('a request whose caller went away no longer counts', async () => {
  const gone = new AbortController();
  const slow = fetch(`${url}/slow`, { signal: gone.signal }).catch(() => 'gone');
  await until(1);
  gone.abort();
  expect(await slow).toBe('gone');
  await until(0);
  answer();
});

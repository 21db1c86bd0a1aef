import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import { sendEvents, sentEvent } from './send-events.js';

const EVENTS = 400;
let server: FastifyInstance;
let [taken, ended] = [0, Promise.resolve()];

beforeEach(async () => {
  taken = 0;
  server = fastify();
  server.get('/events', (_, reply) => {
    const data = JSON.stringify('x'.repeat(64 * 1024));
    const events = async function* (): AsyncGenerator<string> {
      for (; taken < EVENTS; taken++) yield sentEvent({ id: taken, data });
    };
    ended = new Promise((resolve) => sendEvents(reply, events(), resolve));
  });
  await server.listen();
});
afterEach(() => server.close());

async function listen(): Promise<IncomingMessage> {
  const [response] = (await once(get(`${server.listeningOrigin}/events`), 'response')) as [IncomingMessage];
  return response;
}

test('events wait where they come from until a slow client reads, and none is lost', async () => {
  const response = await listen();
  await after(500);
  expect(taken).toBeLessThan(EVENTS / 2);
  let text = '';
  for await (const chunk of response) text += String(chunk);
  expect(text.match(/^id: \d+$/gm)).toHaveLength(EVENTS);
});

test('a client that leaves ends the stream', async () => {
  (await listen()).destroy();
  await ended;
  expect(taken).toBeLessThan(EVENTS);
});

test('an event without fields is a comment', () => {
  expect([sentEvent({ retry: 1_000 }), sentEvent({})]).toEqual(['retry: 1000\n\n', ': \n\n']);
});

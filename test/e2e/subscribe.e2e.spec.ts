import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rmSync } from 'node:fs';
import { Caller, RunningApp } from './running-app.testing.js';
import { sentEvents, type Sent } from './sent-events.testing.js';

let app: RunningApp;
let key: string;
let survey: Caller;

beforeAll(async () => {
  Caller.forget();
  app = await RunningApp.start();
  key = String((await app.operator.post('/v1/api-keys', { name: 'crm', role: 'integrator' })).body['key']);
  survey = app.as(key);
});

afterAll(async () => {
  await app.stop();
  rmSync(app.folder, { recursive: true, force: true });
});

const say = (externalId: string, customer: string, comment = 'Too late') =>
  survey.post('/v1/responses', {
    source: 'survey',
    externalId,
    customer,
    metric: 'nps',
    score: 1,
    contactMe: 'yes',
    comment,
  });

/** Reads `count` events like a browser's EventSource. */
async function listen(topic: string, count: number, last?: string, query = ''): Promise<Sent[]> {
  const events: Sent[] = [];
  const path = `/v1/topics/${topic}/events${query}`;
  for await (const event of sentEvents(app.url, path, { key, ...(last === undefined ? {} : { last }) })) {
    events.push(event);
    if (events.length === count) return events;
  }
  throw new Error(`The stream ended after ${events.length} events`);
}

describe('a team subscribes without Kafka', () => {
  test('it gets past events, then new ones, in order per customer', async () => {
    await say('r-1', 'c-1');
    const listening = listen('amends.responses', 4);
    await say('r-2', 'c-1');
    const events = await listening;
    expect(events.map(({ event }) => event).toSorted()).toEqual([
      ...Array<string>(2).fill('amends.ResponseReceived'),
      ...Array<string>(2).fill('amends.ResponseTriaged'),
    ]);
    const [first] = events;
    expect(first?.data).toMatchObject({
      specversion: '1.0',
      type: 'amends.ResponseReceived',
      position: first?.id,
      revision: 1,
      data: { source: 'survey', externalId: 'r-1' },
    });
    for (const { data } of events) expect(data?.['subject']).toBe(first?.data?.['subject']);
  });

  test('what a customer said stays sealed', async () => {
    await say('r-3', 'c-2', 'I am Eva Brandt and I am angry');
    const events = await listen('amends.responses', 5);
    expect(JSON.stringify(events)).not.toContain('Eva Brandt');
    expect(events.at(-1)?.data).toMatchObject({ data: { comment: { field: 'comment', sealed: expect.any(String) } } });
  });

  test('it resumes after its last event when it was cut off, and misses none', async () => {
    const all = await listen('amends.cases', 4);
    const [head, ...rest] = all;
    expect(await listen('amends.cases', 3, head?.id)).toEqual(rest);
  });

  test('it can subscribe to one key', async () => {
    const [opened] = await listen('amends.cases', 1);
    const of = String(opened?.data?.['subject']);
    const events = await listen('amends.cases', 2, undefined, `?key=${of}`);
    expect(events.map(({ data }) => data?.['stream'])).toEqual([`case-${of}`, `case-${of}`]);
    expect(events.map(({ data }) => data?.['revision'])).toEqual([1, 2]);
  });

  test('invalid subscriptions are refused with a sentence', async () => {
    expect(await survey.get('/v1/topics/amends.weather/events')).toMatchObject({ status: 404 });
    const lost = await survey.send('GET', '/v1/topics/amends.cases/events', undefined, {
      'last-event-id': 'yesterday',
    });
    expect(lost).toMatchObject({
      status: 400,
      body: { detail: 'Last-Event-ID must be the id of an event that this stream sent' },
    });
    const ahead = await survey.send('GET', '/v1/topics/amends.cases/events', undefined, {
      'last-event-id': '9'.repeat(16),
    });
    expect(ahead).toMatchObject({ status: 409, body: { code: 'position-ahead' } });
  });

  test('a page describes the topics', async () => {
    expect((await survey.get('/v1/topics')).body['topics']).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'amends.customers', compacted: true })]),
    );
    const { body } = await app.as(undefined).get('/docs/asyncapi.json');
    expect(body).toMatchObject({ asyncapi: '3.1.0', channels: { 'amends.cases': { address: 'amends.cases' } } });
  });

  test('the app stops quickly while subscribers are connected', async () => {
    const listening = listen('amends.rules', 1_000);
    const asked = performance.now();
    const ended = expect(listening).rejects.toThrow(/The stream ended after/);
    await listen('amends.rules', 1);
    expect(await app.stop()).toBe(0);
    expect(performance.now() - asked).toBeLessThan(5_000);
    await ended;
  });
});

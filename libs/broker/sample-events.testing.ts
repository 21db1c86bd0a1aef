import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recorded, ToAppend } from '../event-sourcing/event.js';
import { idOf } from '../event-sourcing/identity.js';
import { shardOf } from '../event-sourcing/shard.js';
import type { EventStore } from '../event-store/event-store.js';
import type { RecoveryEvent } from '../recovery/history.js';

const SAMPLES = join(import.meta.dirname, '../../test/samples/events');

/** One recorded event of every type. */
export const samples = (): readonly Recorded[] =>
  readdirSync(SAMPLES).map((file) => JSON.parse(readFileSync(join(SAMPLES, file), 'utf8')) as Recorded);

export const eventOn = (stream: string, revision: number, event: RecoveryEvent): ToAppend => ({
  ...event,
  id: idOf('sample', stream, revision),
  schemaVersion: 1,
  stream,
  shard: shardOf(stream),
  programme: 'care',
  occurredAt: '2031-05-05T09:00:00.000Z',
  knownAt: '2031-05-05T09:00:00.000Z',
  recordedAt: '2031-05-05T09:00:00.000Z',
  actor: { id: 'ana', role: 'agent' },
  commandId: `${stream} ${revision}`,
  correlationId: `${stream} ${revision}`,
  causationId: `${stream} ${revision}`,
});

/** Appends the event to its stream, at the stream's end. */
export async function append(history: EventStore, stream: string, event: RecoveryEvent): Promise<ToAppend> {
  const { revision } = await history.readStream(stream, { limit: 1 });
  const made = eventOn(stream, revision + 1, event);
  await history.append(stream, [made], revision);
  return made;
}

export const opened = (id: string, customer = `customer of ${id}`): RecoveryEvent => ({
  type: 'CaseOpened',
  data: { case: id, customer, kind: 'recover', priority: 'high', tags: [] },
});

export const noted = (text: string): RecoveryEvent => ({
  type: 'CaseAssigned',
  data: { owner: text, by: 'person' },
});

export const received = (id: string, customer: string): RecoveryEvent => ({
  type: 'ResponseReceived',
  data: {
    response: id,
    source: 'survey-tool',
    externalId: `external ${id}`,
    kind: 'survey',
    customer,
    answers: [{ metric: 'nps', score: 2 }],
    contactMe: 'yes',
    commentLength: 0,
    tags: [],
  },
});

export const triaged = (id: string): RecoveryEvent => ({
  type: 'ResponseTriaged',
  data: { response: id, score: 'low', contactMe: 'yes', rule: 'low/yes', outcome: 'opened', ruleSet: 'abc' },
});

export const forgotten = (customer: string): RecoveryEvent => ({
  type: 'CustomerForgotten',
  data: { customer, reason: 'asked to be' },
});

import type { EventDeclaration, ToAppend } from '../event-sourcing/event.js';
import { idOf } from '../event-sourcing/identity.js';
import type { Batch, EventStore } from './event-store.js';

/** A history to test with: tools that are lent. */
export const LENDING: Readonly<Record<string, EventDeclaration>> = {
  ToolLent: { schemaVersion: 1 },
  ToolReturned: { schemaVersion: 1 },
  MemberJoined: { schemaVersion: 1 },
};

export const lendingEvent = (stream: string, name: string, over: Partial<ToAppend> = {}): ToAppend => ({
  id: idOf('lending', stream, name),
  type: 'ToolLent',
  schemaVersion: 1,
  stream,
  shard: 7,
  programme: 'tools',
  occurredAt: '2031-05-05T09:00:00.000Z',
  knownAt: '2031-05-05T09:00:00.000Z',
  recordedAt: '2031-05-05T09:00:00.000Z',
  actor: { id: 'ana', role: 'agent' },
  commandId: `command-${name}`,
  correlationId: `command-${name}`,
  causationId: `command-${name}`,
  data: { name },
  ...over,
});

export const lendingEvents = (stream: string, ...names: string[]): ToAppend[] =>
  names.map((name) => lendingEvent(stream, name));

export const namesIn = (batches: readonly Batch[]): string[] =>
  batches.flatMap(({ events }) => events.map(({ data }) => ('name' in data ? String(data.name) : '')));

export const allOf = async (batches: AsyncIterable<Batch>): Promise<Batch[]> => {
  const all: Batch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
};

/** Appends `count` events one by one to a stream that nobody else writes to. */
export const appendOneByOne = async (store: EventStore, stream: string, count: number): Promise<void> => {
  for (let revision = 0; revision < count; revision++) {
    await store.append(stream, lendingEvents(stream, `${stream}/${revision}`), revision);
  }
};

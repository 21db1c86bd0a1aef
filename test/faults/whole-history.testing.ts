import { expect } from '@jest/globals';
import type { Recorded } from '../../libs/event-sourcing/event.js';
import type { LoggingClient } from './logging-client.testing.js';

/** Whether every response is triaged, and every case for one is open. */
export const isReactedTo = (events: readonly Recorded[]): boolean => {
  const triaged = ofType(events, 'ResponseTriaged');
  const toOpen = triaged.filter(({ data }) => 'outcome' in data && data.outcome === 'opened');
  return (
    triaged.length >= ofType(events, 'ResponseReceived').length && ofType(events, 'CaseOpened').length >= toOpen.length
  );
};

/** The names that a list has more than once. */
export const repeated = (names: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  return names.filter((name) => seen.size === seen.add(name).size);
};

/** Expects every acknowledged write and its consequences in history, each once and in order. */
export function expectWhole(client: LoggingClient, events: readonly Recorded[]): void {
  expect(client.acknowledged).toHaveLength(client.log.length);
  const recorded = new Map(events.map((event) => [event.id, event.type]));
  const answered = client.log.flatMap(({ answer }) => answer?.events ?? []);
  expect(answered.filter(({ id, type }) => recorded.get(id) !== type)).toEqual([]);
  expect(repeated(events.map(({ id }) => id))).toEqual([]);

  const responses = client.log.filter(({ path }) => path === '/v1/responses');
  const received = ofType(events, 'ResponseReceived').map(({ data }) => ('externalId' in data ? data.externalId : ''));
  for (const { body } of responses)
    expect(received.filter((id) => 'externalId' in body && id === body.externalId)).toHaveLength(1);
  const commands = client.log.filter(({ path }) => path !== '/v1/responses').map(({ id }) => id);
  const carriedOut = events.map(({ commandId }) => commandId).filter((id) => id.startsWith('note-'));
  expect(carriedOut.toSorted()).toEqual(commands.toSorted());

  for (const type of ['ResponseReceived', 'ResponseTriaged', 'CaseOpened'])
    expect(repeated(ofType(events, type).map(({ stream }) => stream))).toEqual([]);
  const unhappy = responses.filter(({ body }) => 'score' in body && body.score === 2);
  expect(
    ofType(events, 'CaseOpened')
      .map(({ stream }) => stream)
      .toSorted(),
  ).toEqual(unhappy.map(({ answer }) => `case-${answer?.id}`).toSorted());

  const revisions = new Map<string, number>();
  for (const { stream, revision } of events) {
    expect(revision).toBe((revisions.get(stream) ?? 0) + 1);
    revisions.set(stream, revision);
  }
}

const ofType = (events: readonly Recorded[], type: string): readonly Recorded[] =>
  events.filter((event) => event.type === type);

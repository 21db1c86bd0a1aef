import { afterEach, expect, test } from '@jest/globals';
import { idOf } from '../../event-sourcing/identity.js';
import type { Projection } from '../../event-sourcing/projection.js';
import { NO_RULES } from '../../read-models/documents.testing.js';
import { HistoryDamaged, HistoryUnavailable, type EventStore } from '../../event-store/event-store.js';
import type { Inputs } from '../../read-models/inputs.js';
import { READ_MODELS } from '../../read-models/read-models.js';
import { ReadStoreUnavailable, type ReadStore } from '../../read-store/read-store.js';
import type { CaseEvent } from '../../recovery/case/case.js';
import type { RecoveryEvent } from '../../recovery/history.js';
import { digestBuild } from '../digest/digest.js';
import { ReadModelFollower } from './follower.js';
import { switchGeneration } from '../builds/generations.js';
import { bound, openHistory, openReads, appendEvents, type GivenEvent } from '../history.testing.js';
import { rebuild } from '../builds/rebuild.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Reads one stream, and fails on a note. */
const notes: Projection<{ notes: number }, RecoveryEvent, Inputs> = {
  name: 'notes',
  version: 1,
  fields: { notes: 'integer' },
  indexes: [],
  ofOneStream: true,
  key: ({ stream }) => stream,
  evolve: {
    CaseOpened: () => ({ notes: 0 }),
    NoteAdded: (fact, { data }) => {
      if (data.note === 'unreadable') throw new Error('What was noted cannot be read.');
      return { notes: (fact?.notes ?? 0) + 1 };
    },
  },
};
const projections = [...READ_MODELS, notes];
const build = { projections, inputs: NO_RULES, ruleBooks: {}, reason: 'test' };
const opening = (id: string): GivenEvent => ({
  stream: `case-${id}`,
  event: {
    type: 'CaseOpened',
    data: { case: id, customer: 'customer-1', kind: 'recover', priority: 'high', tags: [] },
  },
});
const then = (id: string, event: CaseEvent): GivenEvent => ({ stream: `case-${id}`, event });
const noted = (note: string): CaseEvent => ({ type: 'NoteAdded', data: { note } });
const assigned: CaseEvent = { type: 'CaseAssigned', data: { owner: 'ana', by: 'rule' } };
/** An inconsistent history: it corrects an event that the case has not. */
const impossible = then('x', {
  type: 'EventCorrected',
  data: { corrects: 'nothing', correctsType: 'CaseAssigned', withdrawn: true, reason: 'typed wrong' },
});

/** The read fails with this error until it is cleared. */
interface Network {
  away: Error | undefined;
}
const refusing =
  <Given extends unknown[], Answer>(network: Network, ask: (...given: Given) => Promise<Answer>) =>
  (...given: Given): Promise<Answer> =>
    network.away ? Promise.reject(network.away) : ask(...given);
const UNREAD = new HistoryUnavailable('The history does not answer.');
const DAMAGED = new HistoryDamaged('The stream lacks an event. Restore a back-up of it.');
const UNWRITTEN = new ReadStoreUnavailable('The read store does not answer.');

async function following() {
  const { events, reads, parked, close } = openHistory();
  closing.push(close);
  const history: Network = { away: undefined };
  const readStore: Network = { away: undefined };
  await appendEvents(events, [opening('a')]);
  const { id } = await rebuild({ ...build, events, reads });
  await switchGeneration(reads, id);
  const failures: unknown[] = [];
  const follower = new ReadModelFollower({
    events: { ...bound<EventStore>(events), readStream: refusing(history, bound(events).readStream) },
    reads: { ...bound<ReadStore>(reads), flush: refusing(readStore, bound(reads).flush) },
    parked,
    projections,
    inputs: () => Promise.resolve(NO_RULES),
    onFailure: (_, error) => failures.push(error),
  });
  closing.push(() => follower.stop());
  await follower.refresh();
  const caughtUp = async () => follower.waitFor(0, (await events.end()) ?? '', 5_000);
  return { events, reads, parked, follower, failures, live: id, caughtUp, history, readStore };
}

test('waiting for a position makes the events up to it readable', async () => {
  const { events, reads, caughtUp } = await following();
  await appendEvents(events, [opening('b'), then('b', assigned)]);
  expect(await caughtUp()).toBe(true);
  expect(await reads.get('queues', 'b')).toMatchObject({ document: { owner: 'ana' } });
});

test('waiting for a position that nothing was written at ends at the deadline', async () => {
  const { follower } = await following();
  expect(await follower.waitFor(0, '~', 10)).toBe(false);
});

test('waiting ends at once if the caller has gone', async () => {
  const { events, follower, live, caughtUp } = await following();
  await caughtUp();
  await follower.whilePaused(live, async () => {
    await appendEvents(events, [opening('b')]);
    expect(await follower.waitFor(0, '~', 60_000, AbortSignal.abort())).toBe(false);
    await expect(follower.caughtUp(live, AbortSignal.abort())).rejects.toThrow('aborted');
  });
});

test('waiting ends when the follower stops', async () => {
  const { events, follower, live, caughtUp } = await following();
  await caughtUp();
  let stopped: Promise<void> | undefined;
  let there: Promise<void> | undefined;
  await follower.whilePaused(live, async () => {
    await appendEvents(events, [opening('b')]);
    // Time for the follower to read it and to wait for its turn.
    await new Promise((later) => setTimeout(later, 100));
    stopped = follower.stop();
    expect(await follower.waitFor(0, '~', 60_000)).toBe(false);
    there = follower.caughtUp(live);
    there.catch(() => undefined);
  });
  await stopped;
  await expect(there).rejects.toThrow('no longer followed');
});

test('a followed build and a rebuilt one have the same digest', async () => {
  const { events, reads, caughtUp } = await following();
  await appendEvents(events, [opening('b'), then('a', assigned), then('b', assigned)]);
  await caughtUp();
  const scratch = openReads();
  closing.push(() => scratch.close());
  const { id } = await rebuild({ ...build, events, reads: scratch });
  expect(await digestBuild(reads)).toEqual(await digestBuild(scratch, id));
});

test('the follower feeds the build before the switch until its release', async () => {
  const { events, reads, follower, live, caughtUp } = await following();
  const { id } = await rebuild({ ...build, events, reads, reason: 'other rules' });
  await switchGeneration(reads, id);
  await follower.refresh();
  await appendEvents(events, [opening('b')]);
  await caughtUp();
  const end = await events.end();
  while ((await follower.lag()).some(({ position }) => position !== end)) await new Promise(setImmediate);
  expect(await reads.get('queues', 'b', live)).toBeDefined();
  expect(await reads.get('queues', 'b', id)).toBeDefined();
});

test('a case that cannot be folded is parked, listed and retried', async () => {
  const { events, parked, follower, live, caughtUp } = await following();
  await appendEvents(events, [opening('x'), impossible]);
  await caughtUp();
  expect(await follower.lag()).toMatchObject([{ state: 'following', seconds: 0, parked: { queues: 1, clocks: 1 } }]);
  expect(await follower.retry(live, 'queues', 'x')).toBe(false);
  expect(await follower.skip(live, 'queues', 'x')).toBe(true);
  expect(await parked.get(live, 'queues', 'x')).toBeUndefined();
});

test('a case that contradicts the types its read model declares is parked, and the others go on', async () => {
  const { events, reads, parked, follower, failures, live, caughtUp } = await following();
  const odd = opening('odd');
  const corrected: CaseEvent = {
    type: 'EventCorrected',
    data: { corrects: idOf(odd.stream, 1), correctsType: 'CaseOpened', set: { product: 7 }, reason: 'typed wrong' },
  };
  await appendEvents(events, [odd, opening('b'), then('odd', corrected), then('b', assigned)]);
  expect(await caughtUp()).toBe(true);
  expect(failures).toEqual([]);
  expect(await reads.get('queues', 'b')).toMatchObject({ document: { owner: 'ana' } });
  expect((await parked.get(live, 'cases', 'odd'))?.error).toContain('product is declared as string, but holds 7');
  for (const { projection, key } of await parked.list(live))
    expect(await follower.skip(live, projection, key)).toBe(true);
  expect(await reads.get('cases', 'odd')).toMatchObject({ document: { product: null } });
});

test('unreadable history parks nothing, and the case is folded once history can be read', async () => {
  const { events, reads, parked, follower, failures, live, caughtUp, history } = await following();
  history.away = UNREAD;
  // Memory lacks this case, so the fold reads its stream.
  await appendEvents(events, [then('a', assigned)]);
  while (failures.length === 0) await new Promise(setImmediate);
  expect(failures).toEqual([UNREAD]);
  expect(await follower.lag()).toMatchObject([{ state: 'failed', parked: {} }]);
  history.away = undefined;
  await follower.refresh();
  expect(await caughtUp()).toBe(true);
  expect(await reads.get('queues', 'a')).toMatchObject({ document: { owner: 'ana' } });
  expect(await parked.list(live)).toEqual([]);
});

test('a case with a damaged stream is parked, and the others go on', async () => {
  const { events, reads, parked, failures, live, caughtUp, history } = await following();
  history.away = DAMAGED;
  await appendEvents(events, [then('a', assigned), opening('b'), then('b', assigned)]);
  expect(await caughtUp()).toBe(true);
  expect(failures).toEqual([]);
  expect(await reads.get('queues', 'b')).toMatchObject({ document: { owner: 'ana' } });
  expect((await parked.get(live, 'queues', 'a'))?.error).toContain('Restore a back-up');
});

test('events that a retry cannot store stay parked, and later ones wait behind them', async () => {
  const { events, reads, parked, follower, failures, live, caughtUp, readStore } = await following();
  await appendEvents(events, [opening('x'), then('x', noted('unreadable')), then('x', noted('called'))]);
  await caughtUp();
  readStore.away = UNWRITTEN;
  await expect(follower.skip(live, 'notes', 'case-x')).rejects.toThrow(UNWRITTEN);
  readStore.away = undefined;
  await appendEvents(events, [then('x', noted('called again'))]);
  expect(await caughtUp()).toBe(true);
  expect((await parked.get(live, 'notes', 'case-x'))?.events.map(({ revision }) => revision)).toEqual([2, 3, 4]);
  expect(await reads.get('notes', 'case-x')).toMatchObject({ document: { notes: 0 } });
  expect(await follower.skip(live, 'notes', 'case-x')).toBe(true);
  expect(await reads.get('notes', 'case-x')).toMatchObject({ document: { notes: 2 } });
  expect(failures).toEqual([]);
});

test('events that come for a case during its retry are folded too', async () => {
  const { events, reads, parked, follower, live, caughtUp } = await following();
  await appendEvents(events, [opening('x'), then('x', noted('unreadable')), then('x', noted('called'))]);
  await caughtUp();
  let skipping: Promise<boolean> | undefined;
  await follower.whilePaused(live, async () => {
    await appendEvents(events, [then('x', noted('called again'))]);
    // The batch is on its way by then and takes its turn first.
    for (let turns = 0; turns < 10; turns++) await new Promise(setImmediate);
    skipping = follower.skip(live, 'notes', 'case-x');
    while ((await parked.skippedEvents(live)).size === 0) await new Promise(setImmediate);
  });
  expect(await skipping).toBe(true);
  expect(await parked.get(live, 'notes', 'case-x')).toBeUndefined();
  expect(await reads.get('notes', 'case-x')).toMatchObject({ document: { notes: 2 } });
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRefusal, refuse, type Decider } from '../event-sourcing/decider.js';
import type { EventDeclaration } from '../event-sourcing/event.js';
import type { EventStore } from './event-store.js';
import { FoldedStreams } from './folded-streams.js';
import { handle, type Request } from './handle.js';
import { lendingEvent } from './lending.testing.js';
import { SqliteEventStore } from './sqlite/sqlite-event-store.js';

type TillEvent = { type: 'PaidIn' | 'PaidOut'; data: { amount: number } };
type TillCommand = { type: 'PayIn' | 'PayOut'; amount: number };

/** Nobody takes out more than is in it, so that what is decided depends on all that was before. */
const till: Decider<number, TillCommand, TillEvent> = {
  initialState: 0,
  evolve: (sum, { type, data }) => (type === 'PaidIn' ? sum + data.amount : sum - data.amount),
  decide: ({ type, amount }, sum) => {
    if (type === 'PayIn') return [{ type: 'PaidIn', data: { amount } }];
    return amount > sum
      ? refuse('not-enough', `${sum} are in it.`, 'Take less.')
      : [{ type: 'PaidOut', data: { amount } }];
  },
};
const declarations: Record<TillEvent['type'], EventDeclaration> = {
  PaidIn: { schemaVersion: 1 },
  PaidOut: { schemaVersion: 1 },
};
const request = (
  commandId: string,
  command: TillCommand,
  stream = 'till-1',
): Request<number, TillCommand, TillEvent> => ({
  stream,
  command,
  context: { now: '2031-05-05T09:00:00.000Z', actor: { id: 'ana', role: 'agent' }, commandId },
  declarations,
  envelope: { programme: 'shop', shardKey: stream },
});
const payIn = (amount: number): TillCommand => ({ type: 'PayIn', amount });
const payOut = (amount: number): TillCommand => ({ type: 'PayOut', amount });

let folder: string;
let store: EventStore;
let read: number;
/** The same store, which counts the events that are read of it. */
let counting: Pick<EventStore, 'readStream'>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amends-folded-'));
  store = SqliteEventStore.open({ folder, declarations, mode: 'write' });
  read = 0;
  counting = {
    readStream: async (...asked) => {
      const slice = await store.readStream(...asked);
      read += slice.events.length;
      return slice;
    },
  };
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a stream that was folded before', () => {
  test('is read from there on', async () => {
    const streams = new FoldedStreams();
    for (let n = 0; n < 20; n++) await handle(store, till, request(`in ${n}`, payIn(5)));
    expect(await streams.read(counting, 'till-1', till)).toMatchObject({ state: 100, revision: 20 });
    expect(read).toBe(20);
    await handle(store, till, request('out', payOut(30)));
    expect(await streams.read(counting, 'till-1', till)).toMatchObject({ state: 70, revision: 21 });
    expect(read).toBe(21);
  });

  test('is folded anew where history is another one, such as one restored from a back-up', async () => {
    const streams = new FoldedStreams();
    for (let n = 0; n < 3; n++) await handle(store, till, request(`in ${n}`, payIn(5)));
    await streams.read(store, 'till-1', till);
    const other = SqliteEventStore.open({ folder: join(folder, 'other'), declarations, mode: 'write' });
    await handle(other, till, request('other', payIn(2)));
    const { state, revision, commands } = await streams.read(other, 'till-1', till);
    expect({ state, revision, commands: [...commands.keys()] }).toEqual({ state: 2, revision: 1, commands: ['other'] });
    await other.close();
  });

  test('gives a command that is sent again its old result', async () => {
    const streams = new FoldedStreams();
    const first = await handle(store, till, request('in', payIn(5)), streams);
    await handle(store, till, request('out', payOut(5)), streams);
    expect(await handle(store, till, request('in', payIn(5)), streams)).toMatchObject({
      revision: 1,
      position: isRefusal(first) ? '' : first.position,
    });
  });
});

test('a command that is sent again reads what it did alone, however long its stream is', async () => {
  const asked: unknown[] = [];
  const watched: EventStore = {
    ...store,
    readStream: (stream, options) => {
      asked.push(options);
      return store.readStream(stream, options);
    },
    append: (...given) => store.append(...given),
  };
  const streams = new FoldedStreams();
  const paidIn = Array.from({ length: 1_500 }, (_, n) =>
    lendingEvent('till-1', `${n}`, { type: 'PaidIn', commandId: `in ${n}`, data: { amount: 5 } }),
  );
  await store.append('till-1', paidIn, 0);
  await streams.read(watched, 'till-1', till);
  asked.length = 0;
  expect(await handle(watched, till, request('in 700', payIn(5)), streams)).toMatchObject({ revision: 701 });
  expect(asked).toEqual([
    { after: 1_500, limit: 1_000 },
    { after: 700, limit: 1 },
  ]);
  // A process that starts anew reads the stream once, in pages.
  asked.length = 0;
  const anew = new FoldedStreams();
  for (const n of [3, 1_400])
    expect(await handle(watched, till, request(`in ${n}`, payIn(5)), anew)).toMatchObject({ revision: n + 1 });
  expect(asked).toEqual([
    { after: 0, limit: 1_000 },
    { after: 1_000, limit: 1_000 },
    { after: 3, limit: 1 },
    { after: 1_500, limit: 1_000 },
    { after: 1_400, limit: 1 },
  ]);
});

test('what is decided is the same with it as without, whoever else writes', async () => {
  const sent = fc.record({
    by: fc.nat(2),
    stream: fc.constantFrom('a', 'b'),
    commandId: fc.nat(9),
    type: fc.constantFrom('PayIn' as const, 'PayOut' as const),
    amount: fc.integer({ min: 1, max: 9 }),
  });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(sent, { maxLength: 30 }), async (all) => {
      run++;
      const processes = [new FoldedStreams(), new FoldedStreams(), undefined];
      for (const { by, stream, commandId, ...command } of all) {
        const asked = (name: string) => request(`${commandId}`, command, `till-${run}-${stream}-${name}`);
        const remembered = await handle(store, till, asked('with'), processes[by]);
        const anew = await handle(store, till, asked('without'));
        const told = (outcome: typeof anew) =>
          isRefusal(outcome)
            ? outcome.because
            : [outcome.revision, outcome.events.map(({ type, data, commandId: id }) => [type, data, id])];
        expect(told(remembered)).toEqual(told(anew));
      }
    }),
    { numRuns: 60, seed: 7 },
  );
});

test('commands side by side never take out more than is in it', async () => {
  const streams = new FoldedStreams();
  await handle(store, till, request('in', payIn(10)), streams);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 5 }, (_, n) => handle(store, till, request(`out ${n}`, payOut(4)), streams)),
  );
  const { state } = await new FoldedStreams().read(store, 'till-1', till);
  const done = outcomes.filter((one) => one.status === 'fulfilled' && !isRefusal(one.value)).length;
  expect(done).toBeGreaterThan(0);
  expect(state).toBe(10 - 4 * done);
  expect(state).toBeGreaterThanOrEqual(0);
  expect(await streams.read(store, 'till-1', till)).toMatchObject({ state });
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allOf, appendOneByOne, LENDING, lendingEvents, namesIn } from '../lending.testing.js';
import type { Sync } from '../../sqlite/log-sync.js';
import { SqliteEventStore } from './sqlite-event-store.js';

let folder: string;
let store: SqliteEventStore;
/** The crash point that fails, instead of ending the process, and how many times. */
let failing = { at: '', times: 0 };
const open = () =>
  SqliteEventStore.open({
    folder,
    declarations: LENDING,
    mode: 'write',
    crashPoint: (name) => {
      if (name === failing.at && failing.times-- > 0) throw new Error('it failed here');
    },
  });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amends-group-'));
  failing = { at: '', times: 0 };
  store = open();
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});
const append = (stream: string, expected = 0) => store.append(stream, lendingEvents(stream, stream), expected);

describe('a group of appends', () => {
  test('that fails before its commit keeps nothing, and the next one takes its place', async () => {
    failing = { at: 'history: after insert, before commit', times: 1 };
    await expect(append('loan-1')).rejects.toThrow('it failed here');
    expect(await store.end()).toBeUndefined();
    expect(await append('loan-1')).toEqual({ revision: 1, position: '0000000000000001' });
  });
  test('that fails as a whole is tried one by one, so that each stands or fails alone', async () => {
    failing = { at: 'history: after insert, before commit', times: 2 };
    const answers = await Promise.allSettled(['loan-1', 'loan-2', 'loan-3'].map((stream) => append(stream)));
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(namesIn(await allOf(store.readAll()))).toEqual(['loan-2', 'loan-3']);
  });
  test('whose head can’t be written takes no more events, in words, and what it committed is there at the next start', async () => {
    failing = { at: 'history: after commit, before head', times: 1 };
    await expect(append('loan-1')).rejects.toThrow('it failed here');
    await expect(append('loan-2')).rejects.toThrow(
      /takes no more events since an error \(it failed here\)\. Put it right/,
    );
    await store.close();
    store = open();
    expect(await append('loan-1')).toEqual({ revision: 1, position: '0000000000000001' });
    expect(await append('loan-2')).toEqual({ revision: 1, position: '0000000000000002' });
  });
  test('that was asked for before the close is committed by it', async () => {
    const asked = append('loan-1');
    await store.close();
    expect(await asked).toMatchObject({ revision: 1 });
    await expect(append('loan-2')).rejects.toThrow(/was closed. Open it again/);
    store = open();
    expect((await store.readStream('loan-1')).revision).toBe(1);
  });
});

test('a follower ends when its store is closed', async () => {
  await appendOneByOne(store, 'loan-1', 3);
  const seen: number[] = [];
  for await (const { events } of store.follow({ signal: new AbortController().signal, batchSize: 1 })) {
    seen.push(...events.map(({ revision }) => revision));
    if (seen.length === 2) await store.close();
  }
  expect(seen).toEqual([1, 2]);
});

describe('while a sync runs', () => {
  const slow = () => {
    const ends: (() => void)[] = [];
    const disk = (sync: Sync): Sync => ({ ...sync, later: (done) => ends.push(() => sync.later(done)) });
    return { ends, disk };
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  test('nobody is shown what is not on the disk: no reader of all, of its stream, or of the acknowledged', async () => {
    await store.close();
    const { ends, disk } = slow();
    store = SqliteEventStore.open({ folder, declarations: LENDING, mode: 'write', disk });
    const asked = [append('loan-1'), append('loan-2')];
    await turn();
    const reader = SqliteEventStore.open({ folder, declarations: LENDING, mode: 'read', onlyAcknowledged: true });
    let revision: number | undefined;
    const read = store.readStream('loan-1').then((slice) => (revision = slice.revision));
    await turn();
    const seen = {
      end: await store.end(),
      all: namesIn(await allOf(store.readAll())),
      revision,
      there: await reader.end(),
    };
    expect(seen).toEqual({ end: undefined, all: [], revision: undefined, there: undefined });
    ends[0]?.();
    await Promise.all([...asked, read]);
    expect({ end: await store.end(), revision, there: await reader.end() }).toEqual({
      end: '0000000000000002',
      revision: 1,
      there: '0000000000000002',
    });
    await reader.close();
  });
});

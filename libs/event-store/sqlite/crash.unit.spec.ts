import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allOf, LENDING, lendingEvents } from '../lending.testing.js';
import { endChildren, startChild } from './child.testing.js';
import { SqliteEventStore } from './sqlite-event-store.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amends-crash-'));
});
afterEach(() => {
  endChildren();
  rmSync(folder, { recursive: true, force: true });
});

const open = (mode: 'write' | 'read' = 'write') => SqliteEventStore.open({ folder, declarations: LENDING, mode });

/** The history after a crash: whole, and fit to be written to. */
const survived = async (): Promise<string[]> => {
  const store = open();
  const events = (await allOf(store.readAll())).flatMap((batch) => batch.events);
  expect(events.map(({ revision }) => revision)).toEqual(events.map((_, index) => index + 1));
  await store.append('loan-2', lendingEvents('loan-2', 'after'), 0);
  await store.close();
  return events.map(({ position }) => position);
};

describe('killed between two writes', () => {
  test.each([
    ['history: before insert', 0],
    ['history: after insert, before commit', 0],
    ['history: after commit, before head', 1],
    ['history: after head, before answer', 1],
  ])('%s: nothing that was acknowledged is lost, and nothing is there in part', async (crashPoint, unanswered) => {
    const [, ...acknowledged] = await startChild('appending-child.testing.ts', folder, crashPoint, '5').ended;
    expect(acknowledged).toHaveLength(4);
    const positions = await survived();
    expect(positions.slice(0, 4)).toEqual(acknowledged);
    expect(positions).toHaveLength(4 + unanswered);
  });

  test('at any moment, again and again: everything acknowledged is there', async () => {
    const acknowledged: string[] = [];
    for (const after of [3, 17, 40]) {
      const child = startChild('appending-child.testing.ts', folder);
      await child.wrote(after);
      child.process.kill('SIGKILL');
      acknowledged.push(...(await child.ended).slice(1));
    }
    const positions = new Set(await survived());
    expect(acknowledged.filter((position) => !positions.has(position))).toEqual([]);
  });
});

describe('two processes', () => {
  test('a second writer is refused, naming the first, until that is killed; readers are welcome', async () => {
    const child = startChild('appending-child.testing.ts', folder);
    await child.wrote(2);
    expect(() => open()).toThrow(`is being written by another process (pid ${child.process.pid}). Stop it, or send`);
    const reader = open('read');
    expect((await reader.readStream('loan-1')).revision).toBeGreaterThan(0);
    await reader.close();
    child.process.kill('SIGKILL');
    await child.ended;
    await open().close();
  });

  test('a reader follows what another process appends', async () => {
    const child = startChild('appending-child.testing.ts', folder);
    await child.wrote(2);
    const reader = open('read');
    const seen: string[] = [];
    for await (const { events } of reader.follow({ signal: new AbortController().signal })) {
      seen.push(...events.map(({ position }) => position));
      if (seen.length > 30) break;
    }
    child.process.kill('SIGKILL');
    const [, ...acknowledged] = await child.ended;
    expect(seen.slice(0, acknowledged.length)).toEqual(acknowledged.slice(0, seen.length));
    await reader.close();
  });
});

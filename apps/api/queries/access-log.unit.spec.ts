import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HistoryUnavailable, type History } from '../../../libs/event-store/event-store.js';
import { SqliteEventStore } from '../../../libs/event-store/sqlite/sqlite-event-store.js';
import { DECLARATIONS } from '../../../libs/recovery/history.js';
import { AccessLog, type Read } from './access-log.js';

const ana = { id: 'k-1', name: 'ana', role: 'agent' } as const;
const wordsOf = (customer: string): Read => ({
  route: 'GET /v1/cases',
  sealed: [{ sealed: '', key: customer, event: 'e-1', field: 'comment' }],
});

let folder: string;
let history: SqliteEventStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amends-access-'));
  history = SqliteEventStore.open({ folder, declarations: DECLARATIONS, mode: 'write' });
});
afterEach(async () => {
  await history.close();
  rmSync(folder, { recursive: true, force: true });
});

/** History, with something done before each append. */
const before = (done: (tries: number) => unknown): { events: History; tries(): number } => {
  let tries = 0;
  const events = Object.create(history) as History;
  events.append = async (...given) => {
    await done(++tries);
    return history.append(...given);
  };
  return { events, tries: () => tries };
};

const read = async (): Promise<string[]> => {
  const customers: string[] = [];
  for await (const { events } of history.readAll())
    for (const { data } of events) customers.push('customer' in data ? String(data.customer) : '');
  return customers;
};

test('who read whose words is in history before it is answered', async () => {
  await new AccessLog({ events: history }).record(ana, wordsOf('eva'));
  expect(await read()).toEqual(['eva']);
});

test('while history is away, reads are refused together, and none of them is recorded later', async () => {
  let isAway = true;
  const { events, tries } = before(() => {
    if (isAway) throw new HistoryUnavailable('It is away. Ask again.');
  });
  const log = new AccessLog({ events });
  const refused = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) => log.record(ana, wordsOf(`customer-${n}`))),
  );
  for (const answer of refused) expect(answer).toMatchObject({ reason: expect.any(HistoryUnavailable) });
  expect(tries()).toBeLessThanOrEqual(2);
  isAway = false;
  await log.record(ana, wordsOf('eva'));
  expect(await read()).toEqual(['eva']);
});

test('two processes that record at the same time both do', async () => {
  const other = new AccessLog({ events: history });
  const { events } = before((tries) => tries === 1 && other.record(ana, wordsOf('ben')));
  await new AccessLog({ events }).record(ana, wordsOf('eva'));
  expect(await read()).toEqual(['ben', 'eva']);
});

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noCrash } from '../../libs/event-sourcing/crash-point.js';
import type { ChatDestination } from '../../libs/outbound/destination.js';
import { Outbox } from '../../libs/outbound/outbox.js';
import { openStores, type Stores } from '../../libs/platform/stores/open-stores.js';
import type { RecoveryEvent } from '../../libs/recovery/history.js';
import { compileRules } from '../../libs/recovery/rules/compile.js';
import { ruleBooks } from '../../libs/recovery/rules/rule-book.js';
import { rulesOf } from '../../libs/recovery/clocks/case-clocks.testing.js';
import { appendEvents } from '../../libs/replay/history.testing.js';
import { beginReactions, OUTBOUND } from './checkpoints.js';
import { OutboundWriter } from './outbound-writer.js';

const now = '2031-05-05T12:00:00.000Z';
let folder: string;
let stores: Stores;
let outbox: Outbox;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'outbound-'));
  stores = await openStores({ folder }, { mode: 'write' });
  outbox = new Outbox(stores.ledger);
  await beginReactions(stores, [OUTBOUND]);
});
afterEach(async () => {
  await stores.close();
  rmSync(folder, { recursive: true });
});

const chat: ChatDestination = {
  ...{ name: 'chat', channel: 'chat', url: 'https://chat.example.org', allowPrivate: false },
  ...{ inFlight: 1, timeoutMs: 1, patience: { tries: 1, firstWaitMs: 1, longestWaitMs: 1 } },
};
const toUnknown = compileRules({ ...rulesOf([]), messages: { 'owner-alert': { to: ['pager'], body: 'x' } } });

/** Reads history to its end, as often as wanted. */
async function written(destinations = [chat], books = ruleBooks({})): Promise<void> {
  const ended = new AbortController();
  const { events, ledger } = stores;
  const end = await events.end();
  const rules = { books: () => books, reload: async () => undefined };
  const writer = new OutboundWriter({
    ...{ events, ledger, outbox, destinations, rules, now: () => now, crashPoint: noCrash },
    onRows: () => undefined,
  });
  const running = writer.run(ended.signal);
  for (let tries = 0; tries < 100; tries++) {
    const reached = await ledger.get<string>('reaction-checkpoint/outbound/000');
    if (reached?.value === end) break;
    await new Promise((again) => setTimeout(again, 20));
  }
  ended.abort();
  await running;
}

const assigned = (id: string, owner = 'ana') => ({
  stream: `case-${id}`,
  event: { type: 'CaseAssigned', data: { owner, by: 'rule' } } satisfies RecoveryEvent,
});
const waiting = async () =>
  (await outbox.waiting('chat', now, 100)).map(({ value }) => `${value.case} ${value.person}`);

test('an event leads to its rows once, however often it is read', async () => {
  await appendEvents(stores.events, [assigned('a'), assigned('b', 'ben')]);
  await written();
  // The checkpoint was lost with a crash.
  await stores.ledger.put({ key: 'reaction-checkpoint/outbound/000', value: '' });
  await written();
  expect(await waiting()).toEqual(['a ana', 'b ben']);
});

test('imported events lead to none', async () => {
  await appendEvents(stores.events, [assigned('a')]);
  const { events } = await stores.events.readStream('case-a');
  const [event] = events;
  if (!event) throw new Error('There is no event.');
  const { revision: _, position: __, ...told } = event;
  await stores.events.append('case-c', [{ ...told, id: `${event.id}-c`, stream: 'case-c', imported: true }], 0);
  await written();
  expect(await waiting()).toEqual(['a ana']);
});

test('what no destination takes is held, with the reason', async () => {
  await appendEvents(stores.events, [assigned('a')]);
  await written([]);
  expect((await outbox.kept('held', 10)).rows).toMatchObject([
    { value: { case: 'a', because: 'No destination takes this message. Name one in the settings.' } },
  ]);
});

test('what rules send to a destination that the settings lack is held, with its name', async () => {
  await appendEvents(stores.events, [assigned('a')]);
  await written([chat], ruleBooks({ care: [{ from: null, rules: toUnknown }] }));
  expect((await outbox.kept('held', 10)).rows).toMatchObject([
    { value: { because: expect.stringContaining('The rules name pager, which the settings do not have.') } },
  ]);
});

test('what happened before a restore is refused until an operator sends it', async () => {
  const restored: RecoveryEvent = { type: 'HistoryRestored', data: { backupMadeAt: now, lastPosition: '1' } };
  await appendEvents(stores.events, [assigned('a'), { stream: 'store', event: restored }, assigned('b')]);
  await written();
  expect(await waiting()).toEqual(['b ana']);
  const { rows } = await outbox.kept('refused', 10);
  expect(rows).toMatchObject([{ value: { case: 'a', because: expect.stringContaining('history-restored') } }]);
});

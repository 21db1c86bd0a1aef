import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { noCrash } from '../event-sourcing/crash-point.js';
import { refuse, type Refusal } from '../event-sourcing/decider.js';
import { LedgerUnavailable } from '../ledger/ledger.js';
import { SqliteLedger } from '../ledger/sqlite/sqlite-ledger.js';
import type { Letter } from './channel.js';
import type { WebhookDestination } from './destination.js';
import { Outbox } from './outbox.js';
import { Receiver } from './receiver.testing.js';
import type { Row } from './row.js';
import { Sender } from './sender.js';
import { WebhookChannel } from './webhook/webhook-channel.js';

let now: string;
let ledger: SqliteLedger;
let outbox: Outbox;
let receiver: Receiver;
let recorded: string[];
let dead: Row[];

beforeEach(async () => {
  now = '2031-05-05T09:00:00.000Z';
  ledger = SqliteLedger.open({ path: ':memory:', mode: 'write' });
  outbox = new Outbox(ledger);
  receiver = await Receiver.start();
  [recorded, dead] = [[], []];
});
afterEach(async () => {
  await receiver.stop();
  await ledger.close();
});

const passes = (ms: number): void => void (now = new Date(Date.parse(now) + ms).toISOString());

const to = (name: string, more: Partial<WebhookDestination> = {}): WebhookDestination => ({
  name,
  channel: 'webhook',
  url: receiver.url,
  secrets: [],
  allowPrivate: true,
  inFlight: 4,
  timeoutMs: 2_000,
  patience: { tries: 3, firstWaitMs: 1_000, longestWaitMs: 60_000 },
  ...more,
});

const row = (id: string, { of = `case-${id}`, destination = 'hook', second = 1 } = {}): Row => ({
  id,
  destination,
  message: 'owner-alert',
  case: of,
  programme: 'p',
  person: 'ana',
  event: {
    id: `e-${id}`,
    type: 'CaseAssigned',
    stream: `case-${of}`,
    revision: 2,
    occurredAt: now,
    recordedAt: `2031-05-05T08:00:0${second}.000Z`,
    correlationId: 'c',
  },
  state: 'waiting',
  tries: 0,
});

interface Given {
  readonly destinations?: readonly WebhookDestination[];
  compose?(row: Row): Letter | Refusal;
  record?(row: Row): Promise<void>;
}

const letterOf = ({ id, message }: Row): Letter => ({
  ...{ id, message, occurredAt: now, subject: 's', text: 't' },
  fields: { text: 't' },
});

const senderOf = ({ destinations = [to('hook')], compose = letterOf, record }: Given = {}): Sender =>
  new Sender({
    outbox,
    destinations,
    channelTo: (destination) => new WebhookChannel(destination as WebhookDestination, () => now),
    compose: async (one) => compose(one),
    record: record ?? (async ({ id }) => void recorded.push(id)),
    mayPass: (error) => error instanceof LedgerUnavailable,
    now: () => now,
    chance: () => 0,
    crashPoint: noCrash,
    onDead: (one) => dead.push(one),
    onLost: (_, error) => {
      throw error;
    },
  });

const sent = async (sender: Sender): Promise<void> => {
  await sender.sendDue();
  await sender.idle();
};
const stateOf = async (one: Row) => (await outbox.get(one))?.value;

test('what is due is sent once, recorded once, and known afterwards', async () => {
  const [sender, one] = [senderOf(), row('1')];
  await outbox.add([one], now);
  await outbox.add([one], now);
  await sent(sender);
  await outbox.add([one], now);
  await sent(sender);
  expect(receiver.ids).toEqual(['1']);
  expect(recorded).toEqual(['1']);
  expect(await stateOf(one)).toMatchObject({ state: 'sent', tries: 1, settledAt: now });
});

test('what fails is tried again, later each time, under the same id, and is dead in the end', async () => {
  receiver.answer = () => ({ status: 500 });
  const [sender, one] = [senderOf(), row('1')];
  await outbox.add([one], now);
  await sent(sender);
  passes(999);
  await sent(sender);
  expect(receiver.ids).toEqual(['1']);
  passes(1);
  await sent(sender);
  passes(1_999);
  await sent(sender);
  expect(receiver.ids).toEqual(['1', '1']);
  passes(1);
  await sent(sender);
  expect(receiver.ids).toEqual(['1', '1', '1']);
  expect(dead).toMatchObject([{ id: '1', state: 'dead', because: 'The receiver answered 500.' }]);
  expect((await outbox.kept('dead', 10)).rows.map(({ value }) => value.id)).toEqual(['1']);
  passes(86_400_000);
  await sent(sender);
  expect(receiver.ids).toHaveLength(3);
});

test('a receiver that asks to wait is waited for', async () => {
  receiver.answer = () => ({ status: 429, headers: { 'retry-after': '120' } });
  const sender = senderOf();
  await outbox.add([row('1')], now);
  await sent(sender);
  passes(119_000);
  await sent(sender);
  expect(receiver.ids).toHaveLength(1);
  passes(1_000);
  await sent(sender);
  expect(receiver.ids).toHaveLength(2);
});

test('one dead destination delays no other, and opens its breaker', async () => {
  const gone = await Receiver.start();
  await gone.stop();
  const sender = senderOf({ destinations: [to('gone', { url: gone.url }), to('hook')] });
  const many = Array.from({ length: 200 }, (_, n) => row(`gone-${n}`, { destination: 'gone' }));
  await outbox.add([...many, row('1')], now);
  await sent(sender);
  expect(receiver.ids).toEqual(['1']);
  await sent(sender);
  await sent(sender);
  expect(sender.breakers().get('gone')).toMatchObject({ openUntil: expect.any(String) });
  expect(await sender.sendDue()).toBe(0);
  // After a restart it is open still, and then lets one through.
  const again = senderOf({ destinations: [to('gone')] });
  expect(await again.sendDue()).toBe(0);
  passes(60_000);
  expect(await again.sendDue()).toBe(1);
  await again.idle();
  expect(again.breakers().get('gone')).toEqual({ failures: 0 });
});

describe('the order of a case', () => {
  const first = (): Row => row('first', { of: 'one', second: 1 });
  const second = (): Row => row('second', { of: 'one', second: 2 });

  test('holds: a message waits for those before it', async () => {
    let fails = true;
    receiver.answer = () => ({ status: fails ? 503 : 200 });
    const sender = senderOf();
    await outbox.add([second(), first(), row('other')], now);
    await sent(sender);
    expect(receiver.ids.toSorted()).toEqual(['first', 'other']);
    passes(900);
    await sent(sender);
    fails = false;
    passes(100);
    await sent(sender);
    passes(1_000);
    await sent(sender);
    expect(receiver.ids.filter((id) => id !== 'other')).toEqual(['first', 'first', 'second']);
  });

  test('lets the next one pass once the first is dead', async () => {
    receiver.answer = ({ headers }) => ({ status: headers['webhook-id'] === 'first' ? 410 : 200 });
    const sender = senderOf();
    await outbox.add([first(), second()], now);
    await sent(sender);
    passes(2_000);
    await sent(sender);
    expect(receiver.ids).toEqual(['first', 'second']);
  });
});

test('no more are on their way than the destination takes, nor more in a minute', async () => {
  receiver.answer = () => ({ status: 200, afterMs: 50 });
  const sender = senderOf({ destinations: [to('hook', { inFlight: 2, perMinute: 3 })] });
  await outbox.add(
    ['1', '2', '3', '4', '5'].map((id) => row(id)),
    now,
  );
  expect(await sender.sendDue()).toBe(2);
  expect(await sender.sendDue()).toBe(0);
  await sender.idle();
  expect(await sender.sendDue()).toBe(1);
  await sender.idle();
  expect(await sender.sendDue()).toBe(0);
  passes(60_000);
  expect(await sender.sendDue()).toBe(2);
  await sender.idle();
});

test('what must not be told is refused, with the reason, and never sent', async () => {
  const sender = senderOf({ compose: () => refuse('owner-changed', 'It is another’s.', 'They are told.') });
  await outbox.add([row('1')], now);
  await sent(sender);
  expect(receiver.ids).toEqual([]);
  expect((await outbox.kept('refused', 10)).rows).toMatchObject([
    { value: { state: 'refused', because: 'owner-changed: It is another’s. They are told.' } },
  ]);
});

test('a store that fails after the delivery makes only the record be tried again, however long it takes', async () => {
  let down = 5;
  const record = async ({ id }: Row): Promise<void> => {
    if (down-- > 0) throw new LedgerUnavailable('down');
    recorded.push(id);
  };
  const [sender, one] = [senderOf({ record }), row('1')];
  await outbox.add([one], now);
  for (let n = 0; n < 7; n++) {
    await sent(sender);
    passes(2_000);
  }
  expect(receiver.ids).toEqual(['1']);
  expect(recorded).toEqual(['1']);
  expect(await stateOf(one)).toMatchObject({ state: 'sent', tries: 1 });
});

test('what was claimed by a process that was lost is sent after a while', async () => {
  await outbox.add([row('1')], now);
  const [record] = await outbox.due('hook', now, 1);
  if (!record) throw new Error('Nothing is due.');
  const until = new Date(Date.parse(now) + 30_000).toISOString();
  expect(await outbox.claim([{ record, until }])).toHaveLength(1);
  // Nobody takes it twice.
  expect(await outbox.claim([{ record, until }])).toHaveLength(0);
  const sender = senderOf();
  expect(await sender.sendDue()).toBe(0);
  passes(30_000);
  await sent(sender);
  expect(receiver.ids).toEqual(['1']);
});

test('an error that repeats an address is stored without it', async () => {
  const compose = (): Letter => {
    throw new Error('No such user <eva@example.org> here');
  };
  const [sender, one] = [senderOf({ compose }), row('1')];
  await outbox.add([one], now);
  await sent(sender);
  expect((await stateOf(one))?.because).toBe('No such user <(address)> here');
});

test('rows that were settled long ago are swept', async () => {
  const [sender, one] = [senderOf(), row('1')];
  await outbox.add([one], now);
  await sent(sender);
  passes(31 * 86_400_000);
  await sent(sender);
  expect(await stateOf(one)).toBeUndefined();
});

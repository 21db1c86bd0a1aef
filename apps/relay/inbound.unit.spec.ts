import { beforeEach, describe, expect, test } from '@jest/globals';
import { refuse } from '../../libs/event-sourcing/decider.js';
import type { Delivered, Message, Subscriber } from '../../libs/broker/broker.js';
import { INBOUND_TOPIC } from '../../libs/broker/inbound-topics.js';
import { HistoryUnavailable, RevisionConflict } from '../../libs/event-store/event-store.js';
import { Problem } from '../../libs/platform/problem/problem.js';
import { Inbound, type InboundOptions, type Waiting } from './inbound.js';
import type { Patience } from './patience.js';

const PATIENCE: Patience = { tries: 5, longestWaitMs: 30_000, failingMs: 900_000, graceMs: 60_000 };
const LATER = new Problem({ status: 503, code: 'busy', detail: 'Come later.', headers: { 'retry-after': '120' } });
const START = Date.parse('2031-05-05T09:00:00.000Z');

const response = { source: 'web', externalId: 'r-1', customer: 'customer-1', metric: 'nps', score: 3 };
const message = (value: object, place = 1): Delivered => ({
  topic: INBOUND_TOPIC,
  key: `customer-${place}`,
  headers: {},
  value: JSON.stringify(value),
  at: `0/${place}`,
});
/** Of different customers. */
const messages = (...externalIds: string[]): Delivered[] =>
  externalIds.map((externalId, index) => message({ ...response, externalId }, index + 1));

let clock: number;
beforeEach(() => {
  clock = START;
});
const elapsed = () => clock - START;

interface Taken {
  readonly rejects: readonly Record<string, unknown>[];
  readonly named: readonly Message[];
  /** Before each try of the first message. */
  readonly waits: readonly number[];
  readonly waiting: readonly (Waiting | undefined)[];
  readonly received: readonly string[];
}

/** Hands batches over as a broker does, on a clock that runs only while messages wait. */
async function taken(
  batches: readonly (readonly Delivered[])[],
  receive: InboundOptions['receive'],
  patience = PATIENCE,
): Promise<Taken> {
  const named: Message[] = [];
  const waits: number[] = [];
  const waiting: (Waiting | undefined)[] = [];
  const received: string[] = [];
  const subscriber: Subscriber = {
    subscribe: async ({ work }) => {
      for (const batch of batches) await work(batch);
    },
  };
  const sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  const inbound = new Inbound({
    subscriber,
    patience,
    receive: async (sent) => {
      const outcome = await receive(sent);
      received.push(sent.externalId);
      return outcome;
    },
    reject: async (rejects) => void named.push(...rejects),
    now: () => new Date(clock).toISOString(),
    pause: (ms) =>
      new Promise<void>((wake) => {
        waits.push(ms);
        waiting.push(inbound.waiting);
        sleepers.push({ until: clock + ms, wake });
        // Once everything else has run, the clock moves to the first who wakes.
        setImmediate(() => {
          const next = sleepers.toSorted((a, b) => a.until - b.until)[0];
          if (next === undefined) return;
          clock = Math.max(clock, next.until);
          for (const due of sleepers.filter(({ until }) => until <= clock)) {
            sleepers.splice(sleepers.indexOf(due), 1);
            due.wake();
          }
        });
      }),
  });
  await inbound.run(new AbortController().signal);
  expect(inbound.waiting).toBeUndefined();
  const rejects = named.map(({ value }) => JSON.parse(value ?? '') as Record<string, unknown>);
  return { rejects, named, waits, waiting, received };
}

test('a response whose stream somebody else writes to is tried again, and is no reject', async () => {
  let conflicts = 1;
  const { waits, rejects, received } = await taken([messages('r-1')], async () => {
    if (conflicts-- > 0) throw new RevisionConflict('response-1', 0, 1);
    return {};
  });
  expect({ waits, rejects, received }).toEqual({ waits: [1_000], rejects: [], received: ['r-1'] });
});

test('a response that can not be taken is named in the rejects, without what it says', async () => {
  const { named, rejects } = await taken([[message({ ...response, metric: 'secret' })]], async () => ({}));
  expect(named).toMatchObject([{ key: '0/1' }]);
  expect(rejects).toMatchObject([{ reason: 'invalid', tries: 1 }]);
  expect(named[0]?.value).not.toContain('secret');
});

describe('a response that always fails', () => {
  const broken = async ({ externalId }: { externalId: string }): Promise<object> => {
    if (externalId === 'bad') throw new Error('Eva says: no');
    return {};
  };

  test('is given up after a few tries while others get through, and the reject says how to go on', async () => {
    const { waits, rejects, received } = await taken([messages('a', 'bad', 'b'), messages('c')], broken);
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(received).toEqual(['a', 'b', 'c']);
    expect(rejects).toEqual([
      {
        reason: 'failed',
        because:
          'It failed 5 times within 15 s, while others got through. The log of the app says why. Right that, then send the message again: the same source and externalId count once.',
        topic: INBOUND_TOPIC,
        at: '0/2',
        tries: 5,
      },
    ]);
  });

  test('is tried for a quarter of an hour while it is alone, with growing waits', async () => {
    const { waits, rejects, waiting } = await taken([messages('bad')], broken);
    expect(waits.slice(0, 7)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(elapsed()).toBeGreaterThanOrEqual(PATIENCE.failingMs);
    expect(elapsed()).toBeLessThan(PATIENCE.failingMs + 30_000);
    expect(waiting.at(-1)).toMatchObject({ messages: 1, isDown: false });
    expect(rejects).toMatchObject([{ reason: 'failed', tries: waits.length + 1 }]);
  });

  test('has its tries counted anew after the service was down', async () => {
    const told: (Error | undefined)[] = [
      ...Array.from({ length: 4 }, () => new Error('no')),
      new HistoryUnavailable('down'),
      ...Array.from({ length: 4 }, () => new Error('no')),
      undefined,
    ];
    const { rejects, received } = await taken([messages('a', 'bad')], async ({ externalId }) => {
      const error = externalId === 'bad' ? told.shift() : undefined;
      if (error) throw error;
      return {};
    });
    expect({ rejects, received }).toEqual({ rejects: [], received: ['a', 'bad'] });
  });
});

test('when all fail, none is given up for a quarter of an hour', async () => {
  const ids = Array.from({ length: 20 }, (_, n) => `r-${n}`);
  const { rejects, received } = await taken([messages(...ids)], async ({ externalId }) => {
    // It broke while the first two were taken.
    if (externalId !== 'r-0' && externalId !== 'r-1' && elapsed() < 600_000) throw new Error('no');
    return {};
  });
  expect(rejects).toEqual([]);
  expect(received.toSorted()).toEqual(ids.toSorted());
});

test.each([
  ['a store is down', () => new HistoryUnavailable('/data/history.db'), 'The event store can not be reached.', 30_000],
  ['it is to come later', () => LATER, 'Come later.', 120_000],
])('when %s, responses wait for as long as it takes, and health says so', async (_, error, because, longest) => {
  const day = 86_400_000;
  const { waits, rejects, waiting, received } = await taken([messages('a', 'b')], async () => {
    if (elapsed() < day) throw error();
    return {};
  });
  expect(rejects).toEqual([]);
  expect(received).toEqual(['a', 'b']);
  expect(Math.max(...waits)).toBe(longest);
  expect(waiting.at(-1)).toEqual({ messages: 2, because, isDown: true });
});

describe('a response of a programme without rules', () => {
  const of = (programme: string, place: number) => message({ ...response, externalId: `r-${place}`, programme }, place);
  const unknown = refuse(
    'programme-unknown',
    'No rules are in force for a programme "care".',
    'Put its rules in force.',
    'programme',
  );

  test('waits for them, and is taken once they are in force', async () => {
    const { rejects, received } = await taken([[of('care', 1)]], async () => (elapsed() < 20_000 ? unknown : {}));
    expect({ rejects, tries: received.length }).toEqual({ rejects: [], tries: 6 });
  });

  test('is a reject after its grace period, as are later ones of that programme at once', async () => {
    const refused = async () => unknown;
    const { rejects } = await taken([[of('care', 1)], [of('care', 2)], [of('cure', 3)]], refused);
    expect(rejects.map(({ at, reason, tries }) => [at, reason, tries])).toEqual([
      ['0/1', 'programme-unknown', 7],
      ['0/2', 'programme-unknown', 1],
      ['0/3', 'programme-unknown', 7],
    ]);
    expect(rejects[0]?.['because']).toBe(
      'No rules are in force for a programme "care". Put its rules in force. It waited for them, and was tried 7 times. Put them in force, then send the message again.',
    );
    expect(elapsed()).toBe(2 * PATIENCE.graceMs);
  });

  test('is a reject at once where there is no grace period', async () => {
    const { rejects } = await taken([[of('care', 1)]], async () => unknown, { ...PATIENCE, graceMs: 0 });
    expect(rejects).toMatchObject([{ reason: 'programme-unknown', tries: 1 }]);
  });
});

test('a stop ends the wait, and the batch comes again', async () => {
  const stop = new AbortController();
  const rejected: Message[] = [];
  const inbound = new Inbound({
    subscriber: { subscribe: ({ work }) => work(messages('a')) },
    patience: PATIENCE,
    receive: () => Promise.reject(new HistoryUnavailable('down')),
    reject: async (rejects) => void rejected.push(...rejects),
    now: () => new Date(clock).toISOString(),
    pause: async () => stop.abort(new Error('stopped')),
  });
  await expect(inbound.run(stop.signal)).rejects.toThrow('stopped');
  expect(rejected).toEqual([]);
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EventStore } from '../event-store/event-store.js';
import type { ReadStore } from '../read-store/read-store.js';
import { opened, RESOLVE, rulesOf, submitted } from '../recovery/clocks/case-clocks.testing.js';
import { READ_AT, caseEvents, historyOf, inForce, PROJECTIONS } from './rehearsing.testing.js';
import { rehearse, type RehearsalOptions } from './rehearse.js';
import type { RehearsalRequest } from './sides.js';

/** Records every call of a port's methods that are not listed as reading, and makes it fail. */
function watched<Port extends object>(port: Port, reading: readonly (keyof Port)[], touched: string[]): Port {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if ((reading as readonly PropertyKey[]).includes(name)) return value.bind(target) as unknown;
      return () => {
        touched.push(String(name));
        throw new Error(`A rehearsal reached ${String(name)}.`);
      };
    },
  });
}

const HISTORY_READS: readonly (keyof EventStore)[] = ['readAll', 'byShard', 'readStream', 'end', 'progress'];
let world: Awaited<ReturnType<typeof historyOf>>;
let touched: string[];
beforeEach(async () => {
  const seven = caseEvents('seven', ['2031-05-05T09:00Z', opened()], ['2031-05-05T16:00Z', submitted]);
  world = await historyOf(...inForce(rulesOf([RESOLVE])), ...seven);
  touched = [];
});
afterEach(() => world.store.close());

const asked: RehearsalRequest = {
  candidate: { ruleSet: rulesOf([{ ...RESOLVE, goals: [{ within: '1h' }] }]) },
  at: READ_AT,
  most: 100,
};
const options = (): RehearsalOptions & { readonly events: EventStore } => ({
  events: watched<EventStore>(world.store.events, HISTORY_READS, touched),
  projections: PROJECTIONS,
});

describe('a rehearsal has no side effects', () => {
  test('it appends nothing, and writes no live read model', async () => {
    const { changedCount } = await rehearse(asked, options());
    expect(changedCount).toBe(1);
    expect(touched).toEqual([]);
    expect((await world.store.reads.generations()).map(({ status }) => status)).toEqual(['live']);
  });

  test.each([
    ['history', { append: true }],
    ['live read models', { flush: true }],
  ])(
    'a rehearsal that reached %s would be detected',
    async (_what, { append }: { append?: boolean; flush?: boolean }) => {
      // The canary: a projection that reaches a port.
      const { events } = options();
      const served = watched<ReadStore>(world.store.reads, [], touched);
      const reaching = {
        name: 'canary',
        version: 1,
        reads: 'whole' as const,
        fields: {},
        indexes: [],
        key: () => 'one',
        evolve: {
          CaseOpened: (_fact: never, _event: never, _inputs: unknown) => {
            if (append) void events.append('case-1', [], 0);
            else void served.flush(1, { shards: [], position: '', writes: [] });
            return {};
          },
        },
      };
      await expect(rehearse(asked, { ...options(), projections: [...PROJECTIONS, reaching] })).rejects.toThrow(
        'A rehearsal reached',
      );
      expect(touched).toEqual([append ? 'append' : 'flush']);
    },
  );
});

test('the types of a rehearsal give it nothing to write with', () => {
  type Given = keyof RehearsalOptions['events'] | Exclude<keyof RehearsalOptions, 'events'>;
  type Reading = 'readAll' | 'byShard' | 'readStream' | 'end' | 'progress';
  type Harmless = Reading | 'projections' | 'rest' | 'signal' | 'onProgress' | 'inShares';
  // Compiles only if a rehearsal gets nothing but history, without the methods that append.
  const nothingElse: [Exclude<Given, Harmless>] extends [never] ? true : false = true;
  expect(nothingElse).toBe(true);
});

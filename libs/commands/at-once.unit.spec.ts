import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRefusal } from '../event-sourcing/decider.js';
import type { EventStore } from '../event-store/event-store.js';
import { openStores } from '../platform/stores/open-stores.js';
import { caseDecider } from '../recovery/case/case.js';
import { booksOf, rulesOf } from '../recovery/clocks/case-clocks.testing.js';
import type { CaseState } from '../recovery/case/case-state.js';
import { appendEvents, bound } from '../replay/history.testing.js';
import type { CommandRequest } from './command-request.js';
import { Commands } from './commands.js';

const NOW = '2031-05-05T09:00:00.000Z';
const ana = { id: 'ana', role: 'agent' };
const books = booksOf([null, rulesOf([], { verification: { coolDown: '30d' } })]);
const CASES = ['c-1', 'c-2', 'c-3', 'c-4'] as const;

/** As a store is that can't make an append depend on other streams: all of `together` are decided before any is appended. */
function notHolding(store: EventStore, together: number): EventStore {
  let waiting: (() => void)[] = [];
  const plain = bound(store);
  let left = together;
  const allDecided = () =>
    new Promise<void>((go) => {
      waiting.push(go);
      if (--left > 0) return;
      for (const each of waiting) each();
      waiting = [];
    });
  return Object.assign(Object.create(null) as EventStore, {
    ...plain,
    holds: undefined,
    append: async (...given: Parameters<EventStore['append']>) => {
      if (left > 0) await allDecided();
      return store.append(given[0], given[1], given[2]);
    },
  });
}

interface Ground {
  readonly commands: Commands;
  readonly events: EventStore;
  statusOf(id: string): Promise<CaseState>;
}

/** Cases of one customer on an empty store. `together`: on a store that holds nothing, of so many commands at once. */
async function onCases(together: number | 'held', work: (ground: Ground) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'amends-at-once-'));
  const stores = await openStores({ folder }, { mode: 'write' });
  const commandsOn = (events: EventStore): Commands =>
    new Commands({
      ...{ events, personal: stores.personal, rules: () => books, now: () => NOW },
      ...{ operators: async () => 1, casesOf: async () => CASES },
    });
  try {
    for (const id of CASES) {
      const opening = { case: id, customer: 'eva', kind: 'recover', priority: 'high', tags: [], owner: 'ana' };
      await commandsOn(stores.events).execute({
        ...{ aggregate: 'case', id, programme: 'care', customer: 'eva', actor: ana, commandId: `open ${id}` },
        command: { type: 'OpenCase', ...opening },
      });
    }
    const events = together === 'held' ? stores.events : notHolding(stores.events, together);
    await work({
      commands: commandsOn(events),
      events: stores.events,
      async statusOf(id) {
        const { events: recorded } = await stores.events.readStream(`case-${id}`);
        return (recorded as Parameters<typeof caseDecider.evolve>[1][]).reduce(
          caseDecider.evolve,
          caseDecider.initialState,
        );
      },
    });
  } finally {
    await stores.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const merge = (id: string, into: string): CommandRequest<'case'> => ({
  ...{ aggregate: 'case', id, actor: ana, commandId: `merge ${id} into ${into}`, chosenId: true },
  command: { type: 'MergeCase', into },
});

describe.each([
  ['in a store that holds the streams a decision saw', 'held' as const],
  ['in a store that does not, where the later looks again', 2],
])('%s', (_, together) => {
  test('of two merges at once into one another, one stands, and the other is refused and leaves its case in work', () =>
    onCases(together, async ({ commands, statusOf }) => {
      const asked = [merge('c-1', 'c-2'), merge('c-2', 'c-1')];
      const outcomes = await Promise.all(asked.map((one) => commands.execute(one)));
      expect(outcomes.filter(isRefusal)).toMatchObject([{ refused: 'merge-into-merged' }]);
      const stood = outcomes.findIndex((outcome) => !isRefusal(outcome));
      const [kept = '', refused = ''] = stood === 0 ? ['c-1', 'c-2'] : ['c-2', 'c-1'];
      expect((await statusOf(kept)).now).toMatchObject({ mergedInto: refused });
      expect((await statusOf(refused)).now).toMatchObject({ facts: { status: 'open' } });
      // Sent again, each is answered as it was.
      expect(await commands.execute(asked[1 - stood] ?? merge('', ''))).toMatchObject({ refused: 'merge-into-merged' });
      expect(await commands.execute(asked[stood] ?? merge('', ''))).toMatchObject({ events: [{ type: 'CaseMerged' }] });
      expect((await statusOf(kept)).now).toMatchObject({ mergedInto: refused });
    }));

  test('of two surveys at once of one customer, one is sent, and the other waits for the cool-down', () =>
    onCases(together, async ({ commands, events, statusOf }) => {
      for (const id of ['c-1', 'c-2'])
        await appendEvents(events, [
          { stream: `case-${id}`, customer: 'eva', event: { type: 'CaseApproved', data: {} } },
        ]);
      const survey = (id: string): CommandRequest<'case'> => ({
        ...{ aggregate: 'case', id, actor: ana, commandId: `survey ${id}` },
        command: { type: 'SendReSurvey', channel: 'e-mail' },
      });
      const outcomes = await Promise.all([commands.execute(survey('c-1')), commands.execute(survey('c-2'))]);
      expect(outcomes.filter(isRefusal)).toMatchObject([{ refused: 're-survey-cool-down' }]);
      const sent = await Promise.all(['c-1', 'c-2'].map(async (id) => (await statusOf(id)).now?.reSurveys.length));
      expect(sent.toSorted()).toEqual([0, 1]);
    }));

  test('of a merge across joined customers and their separation at once, the merge is refused or was before', () =>
    onCases(together, async ({ commands, statusOf }) => {
      const [reason, olga] = ['the same phone', { id: 'olga', role: 'operator' }];
      const say = (command: CommandRequest<'customer'>['command']) =>
        commands.execute({
          ...{ aggregate: 'customer', id: command.customer, customer: command.customer, programme: 'care' },
          ...{ actor: olga, commandId: `${command.type} ${command.customer}`, command },
        });
      await Promise.all([
        say({ type: 'JoinCustomers', customer: 'eva', with: ['bob'], reason }),
        say({ type: 'JoinCustomers', customer: 'bob', with: ['eva'], reason }),
      ]);
      const opening = { case: 'b-1', customer: 'bob', kind: 'recover', priority: 'high', tags: [], owner: 'ana' };
      await commands.execute({
        ...{ aggregate: 'case', id: 'b-1', programme: 'care', customer: 'bob', actor: ana, commandId: 'open b-1' },
        command: { type: 'OpenCase', ...opening },
      });
      const [separated, merged] = await Promise.all([
        say({ type: 'SeparateCustomers', customer: 'eva', from: ['bob'], reason: 'two sisters' }),
        commands.execute(merge('c-1', 'b-1')),
      ]);
      if (isRefusal(separated)) throw new Error(separated.because);
      const isBefore = !isRefusal(merged) && (merged.position ?? '') < (separated.position ?? '');
      expect(isRefusal(merged) ? merged.refused : isBefore).toEqual(
        isRefusal(merged) ? 'merge-into-another-customers' : true,
      );
      expect((await statusOf('c-1')).now?.facts.status).toBe(isBefore ? 'merged' : 'open');
    }));
});

test.each(['held' as const, 'all' as const])(
  'whatever merges are sent at once, each case leads to one that goes on: %s',
  async (store) => {
    const target = fc.constantFrom(...CASES);
    const merges = fc.uniqueArray(fc.tuple(target, target), { minLength: 2, maxLength: 4, selector: ([id]) => id });
    await fc.assert(
      fc.asyncProperty(merges, async (asked) => {
        const different = asked.filter(([id, into]) => id !== into);
        await onCases(store === 'held' ? store : different.length, async ({ commands, statusOf }) => {
          await Promise.all(different.map(([id, into]) => commands.execute(merge(id, into))));
          for (const id of CASES) {
            let at: string | undefined = id;
            for (let steps = 0; at !== undefined; steps++) {
              expect(steps).toBeLessThan(CASES.length);
              at = (await statusOf(at)).now?.mergedInto;
            }
          }
        });
      }),
      { seed: 3, numRuns: 15 },
    );
  },
);

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NO_RULES } from '../read-models/documents.testing.js';
import { READ_MODELS } from '../read-models/read-models.js';
import type { RecoveryEvent } from '../recovery/history.js';
import { rebuild } from '../replay/builds/rebuild.js';
import { appendEvents, openHistory, type GivenEvent } from '../replay/history.testing.js';
import { repeatReport } from './repeat-report.js';

const day = (number: number): string => new Date(Date.UTC(2031, 0, 1 + number)).toISOString();

const opened = (id: string, customer: string, on: number, programme: string): GivenEvent => ({
  ...{ stream: `case-${id}`, customer, occurredAt: day(on), programme },
  event: { type: 'CaseOpened', data: { case: id, customer, kind: 'recover', priority: 'normal', tags: [] } },
});
const said = (customer: string, event: RecoveryEvent): GivenEvent => ({
  stream: `customer-${customer}`,
  customer,
  event,
});
const joined = (customer: string, ...others: readonly string[]): GivenEvent =>
  said(customer, { type: 'CustomersJoined', data: { customer, with: others, reason: 'the same phone' } });
const separated = (customer: string, ...others: readonly string[]): GivenEvent =>
  said(customer, { type: 'CustomersSeparated', data: { customer, from: others, reason: 'two sisters' } });

async function reportOf(...given: readonly GivenEvent[]) {
  const history = openHistory();
  try {
    const { events, reads } = history;
    await appendEvents(events, given);
    const built = { events, reads, projections: READ_MODELS, inputs: NO_RULES, ruleBooks: {}, reason: 'test' };
    await reads.switchTo((await rebuild(built)).id, undefined);
    return (await repeatReport(reads)).rows;
  } finally {
    await history.close();
  }
}

// Of four shards.
const CUSTOMERS = ['eva', 'eve', 'evi', 'bob'] as const;
const ofCare = [opened('1', 'eva', 0, 'care'), opened('2', 'eve', 20, 'care'), opened('3', 'bob', 21, 'care')];
const apart = { programme: 'care', customers: 3, cases: 3, repeatsWithin30Days: 0, customersWithin30Days: 0 };
const one = { ...apart, customers: 2, repeatsWithin30Days: 1, customersWithin30Days: 1 };

test('the cases of joined customers count as those of one, across their shards', async () => {
  expect(await reportOf(...ofCare)).toMatchObject([apart]);
  expect(await reportOf(...ofCare, joined('eva', 'eve'), joined('eve', 'eva'))).toMatchObject([one]);
});
test('a joining that only one of them heard of joins nobody yet', async () => {
  expect(await reportOf(...ofCare, joined('eva', 'eve'))).toMatchObject([apart]);
});
test('a separation takes it back', async () => {
  const both = [joined('eva', 'eve'), joined('eve', 'eva')];
  expect(await reportOf(...ofCare, ...both, separated('eva', 'eve'))).toMatchObject([apart]);
  expect(await reportOf(...ofCare, ...both, separated('eve', 'eva'), separated('eva', 'eve'))).toMatchObject([apart]);
});
test('who has cases in one programme alone counts there as before', async () => {
  const other = opened('4', 'evi', 1, 'sales');
  const three = [joined('eva', 'eve', 'evi'), joined('eve', 'eva', 'evi'), joined('evi', 'eva', 'eve')];
  expect(await reportOf(...ofCare, other, ...three)).toMatchObject([
    one,
    { programme: 'sales', customers: 1, cases: 1, repeatsWithin30Days: 0 },
  ]);
});

test('whatever their cases, several joined customers count as if one had had them all', async () => {
  const cases = fc.array(fc.record({ of: fc.constantFrom(...CUSTOMERS), on: fc.nat(400) }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(cases, fc.subarray([...CUSTOMERS], { minLength: 2 }), async (had, same) => {
      const [first = ''] = same;
      const openedBy = (customerOf: (of: string) => string) =>
        had.map(({ of, on }, i) => opened(String(i), customerOf(of), on, 'care'));
      const joinings = same.map((customer) => joined(customer, ...same.filter((other) => other !== customer)));
      const asOne = openedBy((of) => ((same as readonly string[]).includes(of) ? first : of));
      expect(await reportOf(...openedBy((of) => of), ...joinings)).toEqual(await reportOf(...asOne));
    }),
    { seed: 5, numRuns: 12 },
  );
});

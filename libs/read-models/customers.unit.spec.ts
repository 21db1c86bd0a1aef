import { describe, expect, test } from '@jest/globals';
import type { Document } from '../event-sourcing/projection.js';
import { idOf } from '../event-sourcing/identity.js';
import type { RecordedEvent, RecoveryEvent } from '../recovery/history.js';
import { EventsToFold } from '../replay/fold/events-to-fold.js';
import { foldWhole } from '../replay/fold/fold-whole.js';
import { customers } from './customers.js';
import { documents, NO_RULES, record, twice } from './documents.testing.js';

type Told = readonly [stream: string, event: RecoveryEvent, minute?: number];

const opened = (id: string): Told => [
  `case-${id}`,
  { type: 'CaseOpened', data: { case: id, customer: 'eva', kind: 'recover', priority: 'normal', tags: [] } },
];
const merged = (id: string, into: string): Told => [
  `case-${id}`,
  { type: 'CaseMerged', data: { into, customer: 'eva' } },
];
const withdrawn = (id: string, revision: number, type: string): Told => [
  `case-${id}`,
  {
    type: 'EventCorrected',
    data: {
      ...{ corrects: idOf(`case-${id}`, revision), correctsType: type, withdrawn: true },
      ...{ reason: 'the wrong case', customer: 'eva' },
    },
  },
];
const at = (told: Told, minute: number): Told => [told[0], told[1], minute];
const history = (...told: readonly Told[]): readonly RecordedEvent[] =>
  record(...told.map(([stream, event, minute]) => [stream, event, minute === undefined ? {} : { minute }] as const));

/** The documents, the same whether the events are folded one by one, delivered twice, or all at once. */
async function shown(...told: readonly Told[]): Promise<Record<string, Document>> {
  const recorded = history(...told);
  const live = await documents(customers, recorded);
  expect(await documents(customers, twice(recorded))).toEqual(live);
  expect(Object.fromEntries(foldWhole(customers, new EventsToFold(recorded), NO_RULES))).toEqual(live);
  return live;
}

describe('a withdrawn fact counts no longer', () => {
  test('so a case whose merge was withdrawn counts again, as if it had never been merged', async () => {
    const apart = await shown(opened('1'), at(opened('2'), 60));
    expect(await shown(opened('1'), at(opened('2'), 60), merged('1', '2'), withdrawn('1', 2, 'CaseMerged'))).toEqual(
      apart,
    );
    expect(apart).toMatchObject({ 'eva:service': { cases: 2, repeatsWithin30Days: 1 } });
  });
  test('and once it is merged anew it counts once', async () => {
    const again = await shown(
      ...[opened('1'), opened('2'), merged('1', '2'), withdrawn('1', 2, 'CaseMerged'), merged('1', '2')],
    );
    expect(again).toMatchObject({ 'eva:service': { cases: 1 } });
  });
  test('so of two openings the one that was not withdrawn says when the case was opened', async () => {
    const put = await shown(at(opened('1'), 0), at(opened('1'), 60), withdrawn('1', 1, 'CaseOpened'));
    expect(put).toMatchObject({ 'eva:service': { cases: 1, firstOpenedAt: '2031-05-05T10:00:00.000Z' } });
  });
});

describe('joined customers', () => {
  const joined: Told = [
    'customer-eva',
    { type: 'CustomersJoined', data: { customer: 'eva', with: ['eve'], reason: 'r' } },
  ];
  const separated: Told = [
    'customer-eva',
    { type: 'CustomersSeparated', data: { customer: 'eva', from: ['eve'], reason: 'r' } },
  ];
  test('show with whom and when their cases came, so that a report can count them as one', async () => {
    expect(await shown(joined, at(opened('1'), 0), at(opened('2'), 60))).toMatchObject({
      'eva:service': {
        ...{ cases: 2, joined: true, joinedWith: ['eve'] },
        openings: ['2031-05-05T09:00:00.000Z', '2031-05-05T10:00:00.000Z'],
      },
    });
  });
  test('are shown as they were before once they are separated', async () => {
    expect(await shown(at(opened('1'), 0), joined, separated)).toEqual(await shown(at(opened('1'), 0)));
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AnyProjection } from '../event-sourcing/projection.js';
import type { CaseEvent } from '../recovery/case/case.js';
import { booksOf, RESOLVE, rulesOf } from '../recovery/clocks/case-clocks.testing.js';
import type { RecordedEvent } from '../recovery/history.js';
import { EventsToFold } from '../replay/fold/events-to-fold.js';
import { foldWhole } from '../replay/fold/fold-whole.js';
import { cases } from './cases.js';
import { clocks } from './clocks.js';
import { customers } from './customers.js';
import { documents, inputs, record } from './documents.testing.js';
import { funnel } from './funnel.js';
import type { Inputs } from './inputs.js';
import { queues } from './queues.js';
import { rootCauses } from './root-causes.js';
import { times } from './times.js';

const rules = inputs(booksOf([null, rulesOf([RESOLVE])]));
const opened: CaseEvent = {
  type: 'CaseOpened',
  data: { case: '7', customer: 'customer-1', kind: 'recover', priority: 'normal', tags: [] },
};
const paused: CaseEvent = { type: 'CasePaused', data: { waitingOn: 'customer' } };
const resumed: CaseEvent = { type: 'CaseResumed', data: {} };
const submitted: CaseEvent = { type: 'CaseSubmitted', data: {} };

/** Events of case 7 in the order recorded, each with the minute in which it happened. */
const history = (...recorded: readonly (readonly [minute: number, event: CaseEvent])[]): RecordedEvent[] =>
  record(...recorded.map(([minute, event]) => ['case-7', event, { minute }] as const)).map((event) => ({
    ...event,
    programme: 'care',
  }));

describe('a fact that is recorded late stands where it happened', () => {
  const inTime = history([0, opened], [60, paused], [360, resumed], [420, submitted]);
  const late = history([0, opened], [420, submitted], [60, paused], [360, resumed]);

  test('so a pause that was told after the end holds the clock, and the case stays resolved', async () => {
    expect(await documents(clocks, late, rules)).toMatchObject({
      '7:resolve:1': { state: 'completed', met: true, workingMs: 2 * 3_600_000 },
    });
    expect(await documents(queues, late, rules)).toMatchObject({ '7': { status: 'submitted' } });
    expect(await documents(times, late, rules)).toEqual(await documents(times, inTime, rules));
  });
  test('so an opening that is recorded last opens the case, and without it nothing is known', async () => {
    const openedLast = history([10, submitted], [0, opened]);
    expect(await documents(clocks, openedLast.slice(0, 1), rules)).toEqual({});
    expect(await documents(clocks, openedLast, rules)).toMatchObject({ '7:resolve:1': { workingMs: 600_000 } });
  });
  test('so of two openings the earlier counts, and the case counts once', async () => {
    const twice = history([60, opened], [120, submitted], [0, opened]);
    expect(await documents(clocks, twice, rules)).toMatchObject({ '7:resolve:1': { workingMs: 2 * 3_600_000 } });
    expect(await documents(customers, twice, rules)).toMatchObject({
      'customer-1:care': { cases: 1, firstOpenedAt: '2031-05-05T09:00:00.000Z' },
    });
  });
});

test('a contact before the case was opened counts in no step and in no time', async () => {
  const reached: CaseEvent = { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'reached' } };
  const early = history([60, opened], [0, reached]);
  expect(await documents(funnel, early, rules)).toMatchObject({ '7': { contacted: false } });
  expect(await documents(times, early, rules)).toMatchObject({ '7': { firstContactWallMs: null } });
  expect(await documents(queues, early, rules)).toMatchObject({ '7': { attempts: 0, contacted: false } });
});

test('a merged duplicate counts in no step and in no number of cases', async () => {
  const duplicate = history([0, opened], [10, { type: 'CaseMerged', data: { into: '8', customer: 'customer-1' } }]);
  expect(await documents(customers, duplicate, rules)).toEqual({});
  expect(await documents(funnel, duplicate, rules)).toEqual({});
});

const OF_A_CASE: readonly AnyProjection<Inputs>[] = [cases, clocks, customers, funnel, queues, rootCauses, times];
const happening = fc.constantFrom<CaseEvent[]>(
  opened,
  paused,
  resumed,
  submitted,
  { type: 'CasePriorityChanged', data: { priority: 'high' } },
  { type: 'CasePriorityChanged', data: { priority: 'normal' } },
  { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'reached' } },
  { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'no-answer' } },
  { type: 'CaseAssigned', data: { owner: 'ben', team: 'north', by: 'person' } },
  { type: 'CaseReturned', data: { reason: 'no cause' } },
  { type: 'CaseApproved', data: {} },
  { type: 'CaseReopened', data: { cycle: 2 } },
  { type: 'CaseMerged', data: { into: '8', customer: 'customer-1' } },
  { type: 'ResolutionOffered', data: { offer: 'o', kind: 'apology', needsAuthority: false } },
  { type: 'OfferAnswered', data: { offer: 'o', answer: 'accepted' } },
  { type: 'RootCauseIdentified', data: { cause: ['process', 'billing'] } },
  { type: 'ReSurveyAnswered', data: { survey: 's', answers: [] } },
);

/** The same events, recorded in the order of `keys`. Each keeps its id and its place in its source. */
function shuffled(events: readonly RecordedEvent[], keys: readonly number[]): RecordedEvent[] {
  return events
    .map((event, i) => ({ event: { ...event, sequence: event.revision }, key: keys[i] ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ event }, i) => ({ ...event, revision: i + 1, position: String(i + 1).padStart(12, '0') }) as RecordedEvent);
}

test.each(OF_A_CASE.map((model) => [model.name, model] as const))(
  '%s: in whatever order the facts of a case are recorded, its documents are the same',
  async (_, model) => {
    const facts = fc.array(fc.tuple(fc.nat(5), happening, fc.nat()), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(facts, async (told) => {
        const inOrder = history([0, opened], ...told.map(([minute, event]) => [minute, event] as const));
        const arrived = shuffled(inOrder, [told.length, ...told.map(([, , key]) => key)]);
        const right = await documents(model, inOrder, rules);
        expect(await documents(model, arrived, rules)).toEqual(right);
        expect(Object.fromEntries(foldWhole(model, new EventsToFold(arrived), rules))).toEqual(right);
      }),
      { seed: 11, numRuns: 150 },
    );
  },
);

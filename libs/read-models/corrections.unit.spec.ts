import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { idOf } from '../event-sourcing/identity.js';
import type { AnyProjection } from '../event-sourcing/projection.js';
import type { CaseEvent } from '../recovery/case/case.js';
import { asCorrected } from '../recovery/case/correction.js';
import type { RecordedEvent, RecoveryEvent } from '../recovery/history.js';
import { booksOf, RESOLVE, rulesOf } from '../recovery/clocks/case-clocks.testing.js';
import { cases } from './cases.js';
import { clocks } from './clocks.js';
import { documents, inputs, record } from './documents.testing.js';
import type { Inputs } from './inputs.js';
import { funnel } from './funnel.js';
import { queues } from './queues.js';
import { rootCauses } from './root-causes.js';
import { times } from './times.js';

const rules: Inputs = inputs(booksOf([null, rulesOf([RESOLVE])]));

const opened = (priority: string): CaseEvent => ({
  type: 'CaseOpened',
  data: { case: '7', customer: 'customer-1', kind: 'recover', priority, tags: [] },
});
const prioritised = (priority: string): CaseEvent => ({ type: 'CasePriorityChanged', data: { priority } });
const tried = (outcome: 'reached' | 'no-answer'): CaseEvent => ({
  type: 'ContactAttempted',
  data: { channel: 'phone', outcome },
});
const reported = (verdict: 'met' | 'missed'): CaseEvent => ({
  type: 'VerdictReported',
  data: { target: 'resolve', verdict, field: 'made_sla' },
});
const submitted: CaseEvent = { type: 'CaseSubmitted', data: {} };

/** What turned out about the event of that number: its right fields, or that it never happened. */
type TurnedOut = readonly [corrects: number, set: Readonly<Record<string, unknown>> | 'withdrawn'];
type Told = CaseEvent | TurnedOut;

const isEvent = (told: Told): told is CaseEvent => 'type' in told;

function correction([number, right]: TurnedOut, told: readonly Told[]): CaseEvent {
  const wrong = told[number - 1];
  if (!wrong || !isEvent(wrong)) throw new Error(`Nothing to correct was told as number ${number}.`);
  const data = { corrects: idOf('case-7', number), correctsType: wrong.type, reason: 'mistyped' };
  return {
    type: 'EventCorrected',
    data: right === 'withdrawn' ? { ...data, withdrawn: true } : { ...data, set: right },
  };
}

const history = (...told: readonly Told[]): RecordedEvent[] =>
  record(...told.map((one): [string, RecoveryEvent] => ['case-7', isEvent(one) ? one : correction(one, told)])).map(
    (event) => ({ ...event, programme: 'care' }),
  );

const shown = async (model: AnyProjection<Inputs>, ...told: readonly Told[]) =>
  documents(model, history(...told), rules);

describe('a wrong fact is put right where it stood', () => {
  const told = [opened('low'), prioritised('high'), [1, { priority: 'normal' }]] as const;

  test('so a priority changed since then is still the priority', async () => {
    expect(await shown(cases, ...told)).toMatchObject({ '7': { priority: 'high' } });
    expect(await shown(times, ...told)).toMatchObject({ '7': { priority: 'high' } });
    expect(await shown(queues, ...told)).toMatchObject({ '7': { priority: 'high' } });
    expect(await shown(clocks, ...told)).toMatchObject({ '7:resolve:1': { priority: 'high', goalMs: 4 * 3_600_000 } });
  });
  test('a verdict that was never given is reported no more', async () => {
    const withdrawn = [opened('high'), reported('missed'), [2, 'withdrawn']] as const;
    expect(await shown(clocks, ...withdrawn)).toMatchObject({ '7:resolve:1': { reported: null } });
    const again = [opened('high'), reported('met'), reported('missed'), [3, 'withdrawn']] as const;
    expect(await shown(clocks, ...again)).toMatchObject({ '7:resolve:1': { reported: 'met' } });
  });
  test('a verdict that was another is reported as that', async () => {
    const other = [opened('high'), reported('missed'), submitted, [2, { verdict: 'met' }]] as const;
    expect(await shown(clocks, ...other)).toMatchObject({ '7:resolve:1': { reported: 'met', disagrees: false } });
  });
  test('who was reached by a call that was never made, was not reached', async () => {
    expect(await shown(queues, opened('high'), tried('no-answer'), tried('reached'), [3, 'withdrawn'])).toMatchObject({
      '7': { attempts: 1, contacted: false },
    });
  });
});

/** When it was last touched is told by the correction itself. */
const UNTOLD: Readonly<Record<string, readonly string[]>> = {
  cases: ['lastEventAt', 'revision'],
  queues: ['touchedAt'],
};
const happening = fc.constantFrom<CaseEvent[]>(
  prioritised('low'),
  prioritised('normal'),
  prioritised('high'),
  tried('reached'),
  tried('no-answer'),
  reported('met'),
  reported('missed'),
  { type: 'CasePaused', data: { waitingOn: 'customer' } },
  { type: 'CaseResumed', data: {} },
  { type: 'CaseAssigned', data: { owner: 'ben', team: 'north', by: 'person' } },
  { type: 'CaseEscalated', data: { to: 'eve', reason: 'late' } },
  { type: 'ResolutionOffered', data: { offer: 'o', kind: 'apology', needsAuthority: true } },
  submitted,
  { type: 'CaseReturned', data: { reason: 'no cause' } },
  { type: 'CaseApproved', data: {} },
  { type: 'CaseReopened', data: { cycle: 2 } },
  { type: 'RootCauseIdentified', data: { cause: ['process', 'billing'] } },
);
const RIGHT: { readonly [type in CaseEvent['type']]?: readonly Readonly<Record<string, unknown>>[] } = {
  CaseOpened: [{ priority: 'normal' }, { priority: 'high' }, { product: 'kettle' }],
  CasePriorityChanged: [{ priority: 'normal' }, { priority: 'high' }],
  VerdictReported: [{ verdict: 'met' }],
  ContactAttempted: [{ outcome: 'no-answer' }],
  RootCauseIdentified: [{ cause: ['people', 'attitude'] }],
};
/** Where a correction goes, and of which earlier event it is: both taken by what there is. */
const turned = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(3));

const withCorrections = (events: readonly CaseEvent[], corrections: readonly (readonly [number, number, number])[]) => {
  const told: Told[] = [opened('low'), ...events];
  const withdrawn = new Set<number>();
  for (const [, which, how] of corrections) {
    const number = 1 + (which % (events.length + 1));
    const wrong = told[number - 1];
    if (!wrong || !isEvent(wrong) || withdrawn.has(number)) continue;
    const right = RIGHT[wrong.type]?.[how];
    if (right) told.push([number, right]);
    else if (number > 1) {
      withdrawn.add(number);
      told.push([number, 'withdrawn']);
    }
  }
  return told;
};

const OF_A_CASE: readonly AnyProjection<Inputs>[] = [cases, clocks, funnel, queues, rootCauses, times];

test.each(OF_A_CASE.map((model) => [model.name, model] as const))(
  '%s: a corrected history reads as one that was right from the start',
  async (name, model) => {
    const without = (all: Awaited<ReturnType<typeof documents>>) =>
      Object.entries(all).map(([id, document]) => [
        id,
        Object.fromEntries(Object.entries(document).filter(([field]) => !UNTOLD[name]?.includes(field))),
      ]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { maxLength: 8 }),
        fc.array(turned, { minLength: 1, maxLength: 4 }),
        async (events, corrections) => {
          const told = history(...withCorrections(events, corrections));
          const right = asCorrected(told).filter(({ type }) => type !== 'EventCorrected');
          expect(without(await documents(model, told, rules))).toEqual(without(await documents(model, right, rules)));
        },
      ),
      { seed: 7, numRuns: 200 },
    );
  },
);

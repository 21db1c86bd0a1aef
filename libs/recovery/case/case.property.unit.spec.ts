import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isRefusal } from '../../event-sourcing/decider.js';
import type { Actor } from '../../event-sourcing/event.js';
import { type CaseCommand, type RecordedCaseEvent, caseDecider } from './case.js';
import type { CaseContext } from './case-context.js';
import type { CaseState } from './case-state.js';
import { advanceClocks, type CaseClocks } from '../clocks/case-clocks.js';
import { ruleBooks } from '../rules/rule-book.js';
import { asCorrected } from './correction.js';
import { ana, ben, pia, record, rules, sue } from './case.testing.js';

const AGREED = rules({
  offers: {
    kinds: ['refund', 'apology'],
    authority: {
      agent: { perOffer: { EUR: 50 }, perCase: { EUR: 80 } },
      supervisor: { perOffer: { EUR: 90 }, perCase: { EUR: 200 } },
    },
  },
  contact: { tries: 2, frequencyCap: { max: 5, days: 1 } },
  rootCauses: { taxonomy: [{ code: 'process', children: [{ code: 'billing', actionRequired: true }] }] },
  verification: { reSurveyAfter: '1m', coolDown: '1d' },
});

const one = <T>(...of: readonly T[]) => fc.constantFrom(...of);
const owner = one('ana', 'ben');
const reason = one('because', ' ');
const channel = one('phone' as const, 'e-mail' as const);
const outcome = one('reached' as const, 'no-answer' as const, 'refused' as const);
const offer = one('o1', 'o2');
const survey = one('s1', 's2');
const eur = fc.integer({ min: -1, max: 120 }).map((amount) => ({ amount, currency: 'EUR' }));

const command: fc.Arbitrary<CaseCommand> = fc.oneof(
  fc.record({ type: one('AssignCase' as const), owner }),
  fc.record({ type: one('RecordOwnerAlert' as const), owner, channel }),
  fc.record({ type: one('AcknowledgeCase' as const), channel }),
  fc.record({ type: one('LogContactAttempt' as const), channel, outcome }),
  fc.record({ type: one('SendProgressUpdate' as const), channel }),
  fc.record({ type: one('OfferResolution' as const), offer, kind: one('refund', 'bribe'), value: eur }),
  fc.record({ type: one('OfferResolution' as const), kind: one('apology') }),
  fc.record({ type: one('AuthoriseOffer' as const), offer }),
  fc.record({
    type: one('AnswerOffer' as const),
    offer,
    answer: one('accepted' as const, 'declined' as const, 'no-answer' as const),
  }),
  fc.record({ type: one('PauseCase' as const), waitingOn: one('customer' as const, 'internal' as const) }),
  fc.record({ type: one('ResumeCase' as const) }),
  fc.record({ type: one('HandOffCase' as const), toOwner: owner, reason }),
  fc.record({ type: one('EscalateCase' as const), to: one('sue'), reason }),
  fc.record({ type: one('IdentifyRootCause' as const), cause: one(['process'], ['process', 'biling']) }),
  fc.record({ type: one('IdentifyRootCause' as const), cause: one(['process', 'billing']), action: one('fix it') }),
  fc.record({ type: one('SubmitCase' as const) }),
  fc.record({ type: one('ApproveCase' as const) }),
  fc.record({ type: one('ReturnCase' as const), reason }),
  fc.record({ type: one('GiveUpCase' as const), reason: one('unreachable' as const, 'contact-refused' as const) }),
  fc.record({ type: one('ChangePriority' as const), priority: one('high', 'low') }),
  fc.record({ type: one('ReopenCase' as const) }),
  fc.record({ type: one('MergeCase' as const), into: one('k1', 'k2') }),
  fc.record({ type: one('InformCustomer' as const), channel }),
  fc.record({ type: one('AddNote' as const), note: one('', 'noted') }),
  fc.record({ type: one('RecordSale' as const), value: eur }),
  fc.record({ type: one('RecordCustomerLost' as const) }),
  fc.record({ type: one('RecordCustomerKept' as const) }),
  fc.record({ type: one('RecordCallback' as const), outcome }),
  fc.record({ type: one('SendReSurvey' as const), survey, channel }),
  fc.record({ type: one('AnswerReSurvey' as const), survey, answers: one([], [{ metric: 'nps' as const, score: 9 }]) }),
  fc.record({
    type: one('CorrectEvent' as const),
    corrects: fc.nat(20).map((n) => `e-${n}`),
    withdrawn: one(true as const),
    reason,
  }),
  fc.record({
    type: one('CorrectEvent' as const),
    corrects: fc.nat(20).map((n) => `e-${n}`),
    set: one({ outcome: 'reached' }, { priority: 'low' }, { owner: 'ben' }, { answer: 'declined' }),
    reason,
  }),
);

const steps = fc.array(fc.record({ command, actor: one<Actor>(ana, ben, pia, sue), minutes: fc.nat(600) }), {
  maxLength: 40,
});
const ACTS = new Set<CaseCommand['type']>([
  'LogContactAttempt',
  'SendProgressUpdate',
  'AddNote',
  'RecordSale',
  'RecordCallback',
]);

/** Carries the commands out one after the other, and shows each decision to the observer. */
function carryOut(
  asked: readonly { command: CaseCommand; actor: Actor; minutes: number }[],
  observe: (
    command: CaseCommand,
    context: CaseContext,
    before: CaseState,
    after: CaseState,
    history: readonly RecordedCaseEvent[],
  ) => void,
): void {
  let state = caseDecider.initialState;
  let clock = Date.parse('2031-05-05T09:00:00.000Z');
  const history: RecordedCaseEvent[] = [];
  const open: CaseCommand = {
    type: 'OpenCase',
    case: 'k1',
    customer: 'cus-1',
    kind: 'recover',
    priority: 'high',
    tags: [],
  };
  for (const [index, { command: next, actor, minutes }] of [
    { command: open, actor: ana, minutes: 0 },
    ...asked,
  ].entries()) {
    clock += minutes * 60_000;
    const now = new Date(clock).toISOString();
    const context = { now, actor, commandId: `ask-${index}`, rules: AGREED };
    const decision = caseDecider.decide(next, state, context);
    const before = state;
    for (const event of isRefusal(decision) ? [] : decision) {
      const recorded = { ...record(history.length + 1, { event, by: actor, at: now }), commandId: context.commandId };
      history.push(recorded);
      state = caseDecider.evolve(state, recorded);
    }
    observe(next, context, before, state, history);
  }
}

test('whatever is decided can be folded, and asked again at once it never doubles', () => {
  fc.assert(
    fc.property(steps, (asked) => {
      carryOut(asked, (again, context, _, after) => {
        const repeated = caseDecider.decide(again, after, context);
        expect(isRefusal(repeated) || repeated.length === 0).toBe(true);
      });
    }),
    { numRuns: 500 },
  );
});

test('asked again under another command’s id, only what may happen twice is added', () => {
  fc.assert(
    fc.property(steps, (asked) => {
      carryOut(asked, (again, context, _, after) => {
        const unnamedOffer = again.type === 'OfferResolution' && again.offer === undefined;
        if (ACTS.has(again.type) || unnamedOffer) return;
        const repeated = caseDecider.decide(again, after, { ...context, commandId: 'another' });
        // What broke a rule counts for nothing, so the next one is another.
        const added = isRefusal(repeated) ? [] : repeated.filter(({ data }) => !('breaches' in data));
        expect(added).toEqual([]);
      });
    }),
    { numRuns: 500 },
  );
});

test('no case is ever approved by somebody who worked on it, nor submitted without a cause of its cycle', () => {
  fc.assert(
    fc.property(steps, (asked) => {
      carryOut(asked, (_command, { actor }, before, after) => {
        if (!before.now || !after.now || before.now.facts.status === after.now.facts.status) return;
        if (_command.type === 'ApproveCase') expect(before.now.workers).not.toContain(actor.id);
        if (_command.type === 'SubmitCase') expect(before.now.cause?.cycle).toBe(before.now.facts.cycle);
      });
    }),
    { numRuns: 500 },
  );
});

test('a case folds alike in one go and event by event, corrections included', () => {
  fc.assert(
    fc.property(steps, (asked) => {
      carryOut(asked, (_command, _context, _before, after, history) => {
        expect(history.reduce(caseDecider.evolve, caseDecider.initialState)).toEqual(after);
      });
    }),
    { numRuns: 50 },
  );
});

test('the decider and the clocks hold the same case', () => {
  const books = ruleBooks({ deliveries: [{ from: null, rules: AGREED }] });
  fc.assert(
    fc.property(steps, (asked) => {
      let told: readonly RecordedCaseEvent[] = [];
      let decided: CaseState = {};
      carryOut(asked, (_command, _context, _before, after, history) => {
        told = history;
        decided = after;
      });
      const clocks = asCorrected(told).reduce<CaseClocks | undefined>(
        (now, event) => advanceClocks(now, event, books),
        undefined,
      );
      expect(clocks?.case).toEqual(decided.now);
    }),
    { numRuns: 200 },
  );
});

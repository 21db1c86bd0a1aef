import { describe, expect, test } from '@jest/globals';
import type { CaseCommand, CaseEvent } from './case.js';
import { attempted, caused, closed, fold, given, happened, opened, owned, rules, sue, time } from './case.testing.js';

const offered: CaseEvent = {
  type: 'ResolutionOffered',
  data: { offer: 'o1', kind: 'refund', value: { amount: 500, currency: 'EUR' }, needsAuthority: false },
};
const answered: CaseEvent = { type: 'OfferAnswered', data: { offer: 'o1', answer: 'accepted' } };
const paused: CaseEvent = { type: 'CasePaused', data: { waitingOn: 'customer' } };
const reSurveyed: readonly CaseEvent[] = [
  ...owned,
  { type: 'ReSurveySent', data: { survey: 's1', channel: 'e-mail' } },
  { type: 'ReSurveyAnswered', data: { survey: 's1', answers: [{ metric: 'nps', score: 9 }] } },
];
const history = [...owned, attempted, offered] as const; // e-1 to e-4

type Correction = Extract<CaseCommand, { type: 'CorrectEvent' }>;
const correct = (said: Partial<Correction>): Correction => ({
  type: 'CorrectEvent',
  corrects: 'e-3',
  reason: 'misheard',
  ...said,
});
const correction = (corrects: string, said: { withdrawn?: true; set?: Record<string, unknown> }): CaseEvent => ({
  type: 'EventCorrected',
  data: { corrects, correctsType: 'ContactAttempted', ...said, reason: 'misheard' },
});

describe('correcting an event', () => {
  test('wrong fields are set right by a later event that names the wrong one', () => {
    expect(given(...history).when(correct({ set: { outcome: 'reached' } }))).toEqual([
      {
        type: 'EventCorrected',
        data: { corrects: 'e-3', correctsType: 'ContactAttempted', set: { outcome: 'reached' }, reason: 'misheard' },
      },
    ]);
  });
  test('what is corrected already adds nothing', () => {
    const right = correction('e-3', { set: { outcome: 'reached' } });
    expect(given(...history, right).when(correct({ set: { outcome: 'reached' } }))).toEqual([]);
    const gone = correction('e-3', { withdrawn: true });
    expect(given(...history, gone).when(correct({ withdrawn: true }))).toEqual([]);
  });
  test.each([
    ['corrected-event-not-found', history, { corrects: 'e-77', withdrawn: true }],
    [
      'correction-of-correction',
      [...history, correction('e-3', { withdrawn: true })],
      { corrects: 'e-5', withdrawn: true },
    ],
    ['withdrawn-already', [...history, correction('e-3', { withdrawn: true })], { set: { outcome: 'reached' } }],
    ['correction-unclear', history, {}],
    ['correction-unclear', history, { withdrawn: true, set: { outcome: 'reached' } }],
    ['reason-of-correction-missing', history, { withdrawn: true, reason: ' ' }],
    ['opening-stands', history, { corrects: 'e-1', withdrawn: true }],
    ['others-speak-of-it', [...history, answered], { corrects: 'e-4', withdrawn: true }],
    ['correction-of-unknown-field', history, { set: { outcom: 'reached' } }],
    ['identity-stands', history, { corrects: 'e-4', set: { offer: 'o2' } }],
    ['personal-field-stands', history, { set: { note: 'her own words' } }],
    ['correction-of-another-kind', history, { set: { outcome: 7 } }],
    ['correction-of-another-kind', history, { set: { outcome: 'constructor' } }],
    ['correction-of-another-kind', history, { set: { channel: 'pigeon' } }],
    ['correction-of-another-kind', [...owned, paused], { set: { waitingOn: 'the weather' } }],
    ['correction-of-another-kind', [...history, answered], { corrects: 'e-5', set: { answer: 'perhaps' } }],
    ['correction-of-another-kind', history, { corrects: 'e-4', set: { value: { amount: -1, currency: 'EUR' } } }],
    [
      'correction-of-another-kind',
      reSurveyed,
      { corrects: 'e-4', set: { answers: [{ metric: 'constructor', score: 9 }] } },
    ],
    ['correction-of-another-kind', reSurveyed, { corrects: 'e-4', set: { answers: [{ metric: 'nps', score: 11 }] } }],
    ['correction-of-another-kind', history, { corrects: 'e-1', set: { product: 7 } }],
    ['correction-of-another-kind', history, { corrects: 'e-1', set: { product: null } }],
    ['correction-of-another-kind', history, { corrects: 'e-1', set: { tags: ['vip', 7] } }],
    ['correction-of-another-kind', history, { corrects: 'e-4', set: { value: { amount: '700', currency: 'EUR' } } }],
    [
      'correction-of-another-kind',
      history,
      { corrects: 'e-4', set: { value: { amount: 700, currency: 'EUR', of: {} } } },
    ],
    ['correction-of-another-kind', [...owned, paused], { set: { until: 'soon' } }],
    ['correction-of-another-kind', [...owned, paused], { set: { until: '+010000-01-01T00:00:00.000Z' } }],
    ['personal-field-stands', history, { set: { note: { sealed: 'AAAA', key: { id: 'cus-1' } } } }],
  ] as const)('%s is refused', (refused, events, said) => {
    expect(given(...events).when(correct(said))).toMatchObject({ refused });
  });
  test('what was not said may be said later', () => {
    const set = { product: 'broadband', tags: ['vip'] };
    expect(given(...history).when(correct({ corrects: 'e-1', set }))).toMatchObject([{ data: { set } }]);
    const until = { until: '2031-05-06T09:00:00.000Z' };
    expect(given(...owned, paused).when(correct({ set: until }))).toMatchObject([{ data: { set: until } }]);
  });
  test('a personal field may be set to what is sealed', () => {
    const sealed = { sealed: 'AAAA', key: 'cus-1', event: 'e-9', field: 'note' };
    expect(given(...history).when(correct({ set: { note: sealed } }))).toMatchObject([
      { data: { set: { note: sealed } } },
    ]);
  });
});

describe('correcting an offer under limits', () => {
  const authority = {
    agent: { perOffer: { EUR: 5_000 }, perCase: { EUR: 8_000 } },
    supervisor: { perOffer: { EUR: 20_000 }, perCase: { EUR: 25_000 } },
  };
  const bySue = { actor: sue, rules: rules({ offers: { kinds: ['refund'], authority } }) };
  const eur = (amount: number) => ({ value: { amount, currency: 'EUR' } });
  const pending: CaseEvent = {
    type: 'ResolutionOffered',
    data: { offer: 'o1', kind: 'refund', ...eur(30_000), needsAuthority: true },
  };
  const authorised = happened({ type: 'OfferAuthorised', data: { offer: 'o1' } }, sue);
  const offerSet = (set: Record<string, unknown>) => correct({ corrects: 'e-4', set });

  test('its value may become what its maker or its corrector may offer', () => {
    expect(given(...history).when(offerSet(eur(20_000)), bySue)).toMatchObject([{ data: { set: eur(20_000) } }]);
    const byOtto = { ...bySue, actor: { id: 'otto', role: 'operator' } };
    expect(given(...history).when(offerSet(eur(5_000)), byOtto)).toMatchObject([{ data: { set: eur(5_000) } }]);
  });
  test('it can’t come to stand for more than that', () => {
    const refused = 'correction-beyond-authority';
    expect(given(...history).when(offerSet(eur(20_001)), bySue)).toMatchObject({ refused });
    expect(given(...history).when(offerSet({ value: { amount: 1, currency: 'USD' } }), bySue)).toMatchObject({
      refused,
    });
    const once = [...owned, attempted, pending, authorised];
    expect(given(...once).when(offerSet(eur(30_001)), bySue)).toMatchObject({ refused });
  });
  test('its value may always become less, and anything while it waits for a supervisor', () => {
    const waiting = [...owned, attempted, pending];
    expect(given(...waiting, authorised).when(offerSet(eur(29_000)), bySue)).toMatchObject([{}]);
    expect(given(...waiting).when(offerSet(eur(40_000)), bySue)).toMatchObject([{}]);
  });
  test('it goes on waiting for a supervisor', () => {
    expect(given(...owned, attempted, pending).when(offerSet({ needsAuthority: false }), bySue)).toMatchObject({
      refused: 'authority-stands',
    });
  });
});

describe('a case is folded as it is known now', () => {
  test('a withdrawn attempt was none', () => {
    const state = fold(...history, correction('e-3', { withdrawn: true }));
    expect(state).toMatchObject({ now: { attempts: [], facts: { attempted: false } } });
  });
  test('a corrected offer has its right value, and what came later stands', () => {
    const set = { value: { amount: 700, currency: 'EUR' } };
    expect(fold(...history, answered, caused, correction('e-4', { set }))).toMatchObject({
      now: { offers: [{ value: set.value, answer: 'accepted' }], cause: { path: ['process', 'billing'] } },
    });
  });
  test('a withdrawn approval leaves the case under review', () => {
    expect(fold(...closed, correction('e-6', { withdrawn: true }))).toMatchObject({
      now: { facts: { status: 'submitted' } },
    });
  });
  test('a corrected event can be corrected again, and the last word counts', () => {
    const first = correction('e-3', { set: { outcome: 'reached', channel: 'chat' } });
    const second = correction('e-3', { set: { outcome: 'refused' } });
    expect(fold(...history, first, second)).toMatchObject({
      now: { attempts: [{ outcome: 'refused', channel: 'chat', at: time('09:00') }] },
    });
  });
  test('a correction of what is not there is loud', () => {
    expect(() => fold(opened, correction('e-9', { withdrawn: true }))).toThrow('corrects e-9, which it has not');
  });
});

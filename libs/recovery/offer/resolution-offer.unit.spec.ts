import { describe, expect, test } from '@jest/globals';
import type { CaseEvent } from '../case/case.js';
import { ben, closed, fold, given, happened, owned, rules, submitted, sue } from '../case/case.testing.js';
import type { Money } from '../vocabulary/fields.js';

const eur = (amount: number): Money => ({ amount, currency: 'EUR' });
const limited = {
  rules: rules({
    offers: {
      kinds: ['refund', 'apology'],
      authority: {
        agent: { perOffer: { EUR: 5_000 }, perCase: { EUR: 8_000 } },
        supervisor: { perOffer: { EUR: 20_000 }, perCase: { EUR: 25_000 } },
      },
    },
  }),
};
const offer = (value: Money | undefined, id = 'o1') =>
  ({ type: 'OfferResolution', offer: id, kind: 'refund', ...(value && { value }) }) as const;
const offered = (amount: number, said: { id?: string; pending?: boolean } = {}): CaseEvent => ({
  type: 'ResolutionOffered',
  data: { offer: said.id ?? 'o1', kind: 'refund', value: eur(amount), needsAuthority: said.pending ?? false },
});
const answered = (answer: 'accepted' | 'declined' | 'no-answer'): CaseEvent => ({
  type: 'OfferAnswered',
  data: { offer: 'o1', answer },
});

describe('offering', () => {
  test('within the owner’s authority an offer stands at once', () => {
    expect(given(...owned).when(offer(eur(5_000)), limited)).toEqual([offered(5_000)]);
  });
  test('beyond the limit for one offer it waits for a supervisor', () => {
    expect(given(...owned).when(offer(eur(5_001)), limited)).toEqual([offered(5_001, { pending: true })]);
  });
  test('beyond the limit for all of the case it waits for a supervisor', () => {
    const before = offered(5_000);
    expect(given(...owned, before).when(offer(eur(3_000), 'o2'), limited)).toMatchObject([
      { data: { needsAuthority: false } },
    ]);
    expect(given(...owned, before).when(offer(eur(3_001), 'o2'), limited)).toMatchObject([
      { data: { needsAuthority: true } },
    ]);
  });
  test('a declined offer uses up nothing', () => {
    expect(given(...owned, offered(5_000), answered('declined')).when(offer(eur(5_000), 'o2'), limited)).toMatchObject([
      { data: { needsAuthority: false } },
    ]);
  });
  test('limits are per currency, and one that is not named allows nothing', () => {
    const dollars = { amount: 1, currency: 'USD' };
    expect(given(...owned).when(offer(dollars), limited)).toMatchObject([{ data: { needsAuthority: true } }]);
  });
  test('a role that the rules do not name may offer nothing of value', () => {
    const context = { ...limited, actor: { id: 'x', role: 'constructor' } };
    expect(given(...owned).when(offer(eur(1)), context)).toMatchObject([{ data: { needsAuthority: true } }]);
    expect(given(...owned).when(offer(undefined), context)).toMatchObject([{ data: { needsAuthority: false } }]);
  });
  test('without rules nothing is limited', () => {
    expect(given(...owned).when(offer(eur(900_000)))).toMatchObject([{ data: { needsAuthority: false } }]);
  });
  test('an offer that nobody names gets its id from the command', () => {
    const unnamed = { type: 'OfferResolution', kind: 'apology', description: 'we are sorry' } as const;
    const [first] = [given(...owned).when(unnamed)].flat();
    expect(first).toMatchObject({ data: { offer: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
    expect(given(...owned, offered(1)).when(unnamed, { commandId: 'c-3' })).toEqual([]);
  });
  test('the same offer again adds nothing', () => {
    expect(given(...owned, offered(5_000)).when(offer(eur(5_000)), limited)).toEqual([]);
  });
  test.each([
    ['offer-kind-unknown', owned, { ...offer(eur(1)), kind: 'bribe' }],
    ['amount-not-in-minor-units', owned, offer(eur(12.5))],
    ['amount-not-in-minor-units', owned, offer(eur(-1))],
    ['in-review', [...owned, submitted], offer(eur(1))],
    ['closed', closed, offer(eur(1))],
  ])('%s is refused', (refused, history, command) => {
    expect(given(...history).when(command, limited)).toMatchObject({ refused });
  });
});

describe('authorising', () => {
  const authorise = { type: 'AuthoriseOffer', offer: 'o1' } as const;
  const authorised: CaseEvent = { type: 'OfferAuthorised', data: { offer: 'o1' } };
  const bySue = { ...limited, actor: sue };

  test('a supervisor lets an offer stand', () => {
    expect(given(...owned, offered(9_000, { pending: true })).when(authorise, bySue)).toEqual([authorised]);
  });
  test('what stands already needs nothing', () => {
    expect(given(...owned, offered(9_000)).when(authorise, bySue)).toEqual([]);
    expect(given(...owned, offered(9_000, { pending: true }), authorised).when(authorise, bySue)).toEqual([]);
  });
  test('only a supervisor may', () => {
    expect(
      given(...owned, offered(9_000, { pending: true })).when(authorise, { ...limited, actor: ben }),
    ).toMatchObject({
      refused: 'authority-is-a-supervisors',
    });
  });
  test('nobody authorises their own offer', () => {
    const hers = happened(offered(90_000, { pending: true }), sue);
    expect(given(...owned, hers).when(authorise, bySue)).toMatchObject({ refused: 'own-offer' });
  });
  test('supervisors have limits too, for one offer and for the case', () => {
    const refused = 'beyond-supervisors-authority';
    expect(given(...owned, offered(20_001, { pending: true })).when(authorise, bySue)).toMatchObject({ refused });
    const both = [offered(8_000, { id: 'o0' }), offered(17_001, { pending: true })];
    expect(given(...owned, ...both).when(authorise, bySue)).toMatchObject({ refused });
  });
  test('what was never offered, or is under review, is refused', () => {
    expect(given(...owned).when(authorise, bySue)).toMatchObject({ refused: 'offer-not-found' });
    const reviewed = [...owned, offered(9_000, { pending: true }), submitted];
    expect(given(...reviewed).when(authorise, bySue)).toMatchObject({ refused: 'in-review' });
  });
});

describe('the customer’s answer', () => {
  const answer = { type: 'AnswerOffer', offer: 'o1', answer: 'accepted' } as const;
  test('is recorded, after the case is closed too', () => {
    expect(given(...owned, offered(1)).when(answer)).toEqual([answered('accepted')]);
    expect(given(...owned, offered(1), { type: 'CaseApproved', data: {} }).when(answer)).toEqual([
      answered('accepted'),
    ]);
  });
  test('the same answer again adds nothing', () => {
    expect(given(...owned, offered(1), answered('accepted')).when(answer)).toEqual([]);
  });
  test('no answer may turn into one, but not one into none', () => {
    expect(given(...owned, offered(1), answered('no-answer')).when(answer)).toEqual([answered('accepted')]);
    expect(given(...owned, offered(1), answered('accepted')).when({ ...answer, answer: 'no-answer' })).toMatchObject({
      refused: 'offer-answered-already',
    });
  });
  test('a customer who changes their mind is on record, as a breach, and the last word stands', () => {
    const changed = {
      ...answered('accepted'),
      data: { ...answered('accepted').data, breaches: ['offer-answered-already'] },
    };
    expect(given(...owned, offered(1), answered('declined')).when(answer)).toEqual([changed]);
    expect(fold(...owned, offered(1), answered('declined'), changed as CaseEvent).now?.offers).toMatchObject([
      { answer: 'accepted' },
    ]);
  });
  test('an answer before anybody authorised the offer is a breach, and leaves it to be authorised', () => {
    const pending = offered(9_000, { pending: true });
    expect(given(...owned, pending).when(answer)).toMatchObject([{ data: { breaches: ['offer-not-authorised'] } }]);
    expect(fold(...owned, pending, answered('accepted')).now?.offers).toMatchObject([{ standing: 'pending' }]);
  });
  test('an offer that was never made can’t be answered', () => {
    expect(given(...owned).when(answer)).toMatchObject({ refused: 'offer-not-found' });
  });
});

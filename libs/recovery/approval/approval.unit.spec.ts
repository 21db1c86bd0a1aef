import { describe, expect, test } from '@jest/globals';
import type { CaseEvent } from '../case/case.js';
import {
  approved,
  attempted,
  ben,
  caused,
  closed,
  given,
  happened,
  type Happened,
  owned,
  pia,
  rules,
  submitted,
  sue,
} from '../case/case.testing.js';

const offered: CaseEvent = {
  type: 'ResolutionOffered',
  data: { offer: 'o1', kind: 'apology', needsAuthority: false },
};
const pending: CaseEvent = { type: 'ResolutionOffered', data: { offer: 'o1', kind: 'refund', needsAuthority: true } };
const answeredBy = (answer: 'accepted' | 'declined'): CaseEvent => ({
  type: 'OfferAnswered',
  data: { offer: 'o1', answer },
});
const givenUp: CaseEvent = { type: 'CaseGivenUp', data: { reason: 'unreachable' } };

describe('submitting', () => {
  const submit = { type: 'SubmitCase', summary: 'refunded' } as const;
  test('a case with a root cause goes to its review', () => {
    expect(given(...owned, caused).when(submit)).toEqual([{ type: 'CaseSubmitted', data: { summary: 'refunded' } }]);
  });
  test('a reopened case needs a cause of its own, or a confirmation of the last', () => {
    const reopened = [...closed, { type: 'CaseReopened', data: { cycle: 2 } } as const];
    expect(given(...reopened).when(submit)).toMatchObject({
      refused: 'root-cause-not-confirmed',
      because: expect.stringContaining('Identify "process > billing" again, or another one.'),
    });
    const confirm = { type: 'IdentifyRootCause', cause: ['process', 'billing'] } as const;
    expect(given(...reopened).when(confirm)).toEqual([caused]);
    expect(given(...reopened, caused).when(submit)).toMatchObject([{ type: 'CaseSubmitted' }]);
  });
  test('an offer that the customer declined needs nobody’s authority any more', () => {
    expect(given(...owned, caused, pending, answeredBy('declined')).when(submit)).toMatchObject([
      { type: 'CaseSubmitted' },
    ]);
  });
  test('submitting it again adds nothing', () => {
    expect(given(...owned, caused, submitted).when(submit)).toEqual([]);
  });
  test.each([
    ['root-cause-missing', owned],
    ['offer-hanging', [...owned, caused, pending]],
    ['offer-hanging', [...owned, caused, pending, answeredBy('accepted')]],
    ['paused', [...owned, caused, { type: 'CasePaused', data: { waitingOn: 'customer' } } as const]],
    ['in-review', [...owned, givenUp]],
    ['closed', closed],
  ])('%s is refused', (refused, history) => {
    expect(given(...history).when(submit)).toMatchObject({ refused });
  });
  test.each([
    ['contact', 'contact-missing', [attempted]],
    ['offer', 'offer-missing', [offered]],
    [
      'customer-answer',
      'customer-answer-missing',
      [offered, { type: 'OfferAnswered', data: { offer: 'o1', answer: 'accepted' } } as const],
    ],
  ] as const)('the rules may require a %s', (required, refused, provided) => {
    const context = { rules: rules({ approval: { fourEyes: true, requires: [required] } }) };
    expect(given(...owned, caused).when(submit, context)).toMatchObject({ refused });
    expect(given(...owned, caused, ...provided).when(submit, context)).toHaveLength(1);
  });
});

describe('reviewing', () => {
  const approve = { type: 'ApproveCase', note: 'well done' } as const;
  const giveBack = { type: 'ReturnCase', reason: 'call her again' } as const;
  const review = [...owned, caused, submitted];
  const byPia = { actor: pia };

  test('somebody else approves', () => {
    expect(given(...review).when(approve, byPia)).toEqual([{ type: 'CaseApproved', data: { note: 'well done' } }]);
  });
  test('or returns it with a reason', () => {
    expect(given(...review).when(giveBack, byPia)).toEqual([
      { type: 'CaseReturned', data: { reason: 'call her again' } },
    ]);
    expect(given(...review).when({ ...giveBack, reason: '' }, byPia)).toMatchObject({
      refused: 'reason-of-return-missing',
    });
  });
  test('cases given up are reviewed like any other', () => {
    expect(given(...owned, givenUp).when(approve, byPia)).toHaveLength(1);
  });
  test('approving it again adds nothing', () => {
    expect(given(...review, approved).when(approve, byPia)).toEqual([]);
  });
  test('what was not submitted is not reviewed', () => {
    expect(given(...owned).when(approve, byPia)).toMatchObject({ refused: 'not-in-review' });
    expect(given(...closed).when(giveBack, byPia)).toMatchObject({ refused: 'not-in-review' });
  });

  const work: readonly { did: string; events: readonly (CaseEvent | Happened)[] }[] = [
    { did: 'owns it', events: [{ type: 'CaseHandedOff', data: { fromOwner: 'ana', toOwner: 'pia', reason: 'ill' } }] },
    {
      did: 'owned it before',
      events: [
        { type: 'CaseHandedOff', data: { fromOwner: 'ana', toOwner: 'pia', reason: 'ill' } },
        { type: 'CaseHandedOff', data: { fromOwner: 'pia', toOwner: 'ana', reason: 'well' } },
      ],
    },
    { did: 'tried to contact the customer', events: [happened(attempted, pia)] },
    {
      did: 'told the customer how it goes',
      events: [happened({ type: 'ProgressUpdateSent', data: { channel: 'chat' } }, pia)],
    },
    { did: 'made an offer', events: [happened(offered, pia)] },
    {
      did: 'authorised an offer',
      events: [pending, happened({ type: 'OfferAuthorised', data: { offer: 'o1' } }, pia)],
    },
    { did: 'found the cause', events: [happened(caused, pia)] },
    { did: 'submitted it', events: [happened(submitted, pia)] },
    { did: 'gave it up', events: [happened(givenUp, pia)] },
  ];
  test.each(work)('whoever $did may neither approve nor return it', ({ events }) => {
    const history = [...owned, caused, ...events, submitted];
    expect(given(...history).when(approve, byPia)).toMatchObject({ refused: 'four-eyes' });
    expect(given(...history).when(giveBack, byPia)).toMatchObject({ refused: 'four-eyes' });
  });
  test('whoever only handed it over, noted or escalated may', () => {
    const by = [
      happened({ type: 'CaseHandedOff', data: { fromOwner: 'ana', toOwner: 'ben', reason: 'ill' } }, sue),
      happened({ type: 'NoteAdded', data: { note: 'look at this' } }, sue),
      happened({ type: 'CaseEscalated', data: { to: 'sue', reason: 'late' } }, sue),
      happened({ type: 'CaseReturned', data: { reason: 'call again' } }, sue),
    ];
    expect(given(...owned, caused, ...by, happened(submitted, ben)).when(approve, { actor: sue })).toHaveLength(1);
  });
  test('work in an earlier cycle counts', () => {
    const again = [...closed, { type: 'CaseReopened', data: { cycle: 2 } }, happened(submitted, ben)] as const;
    expect(given(...again).when(approve)).toMatchObject({ refused: 'four-eyes' });
  });
  test('rules may do without four eyes', () => {
    const context = { rules: rules({ approval: { fourEyes: false } }) };
    expect(given(...review).when(approve, context)).toHaveLength(1);
  });
});

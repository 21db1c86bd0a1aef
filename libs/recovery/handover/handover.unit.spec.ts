import { describe, expect, test } from '@jest/globals';
import { closed, fold, given, opened, owned, submitted } from '../case/case.testing.js';

describe('assigning a case that nobody owns', () => {
  const assign = { type: 'AssignCase', owner: 'ben', team: 'south', reason: 'speaks Danish' } as const;
  test('somebody gets it', () => {
    expect(given(opened).when(assign)).toEqual([
      { type: 'CaseAssigned', data: { owner: 'ben', team: 'south', by: 'person', reason: 'speaks Danish' } },
    ]);
  });
  test('assigning it to its owner adds nothing', () => {
    expect(given(...owned).when({ type: 'AssignCase', owner: 'ana' })).toEqual([]);
  });
  test('a case that is owned is handed off instead', () => {
    expect(given(...owned).when(assign)).toMatchObject({ refused: 'owned-already' });
  });
  test('a closed case gets no owner', () => {
    expect(given(...closed).when(assign)).toMatchObject({ refused: 'closed' });
  });
});

describe('handing off', () => {
  const handOff = { type: 'HandOffCase', toOwner: 'ben', reason: 'holiday' } as const;
  const handed = { type: 'CaseHandedOff', data: { fromOwner: 'ana', toOwner: 'ben', reason: 'holiday' } } as const;
  test('the case goes to somebody else with a reason', () => {
    expect(given(...owned).when(handOff)).toEqual([handed]);
  });
  test('to its owner adds nothing', () => {
    expect(given(...owned, handed).when(handOff)).toEqual([]);
  });
  test('to the same owner in another team is a hand-over', () => {
    expect(given(...owned).when({ ...handOff, toOwner: 'ana', toTeam: 'south' })).toMatchObject([
      { data: { fromOwner: 'ana', toOwner: 'ana', toTeam: 'south' } },
    ]);
  });
  test('without a reason it is refused', () => {
    expect(given(...owned).when({ ...handOff, reason: '  ' })).toMatchObject({ refused: 'reason-of-hand-off-missing' });
  });
  test('a case under review stays where it is', () => {
    expect(given(...owned, submitted).when(handOff)).toMatchObject({ refused: 'in-review' });
  });
});

describe('handing on by rule what somebody who left worked on', () => {
  const handOn = { type: 'HandOnCase', fromOwner: 'ana', toOwner: 'ben', reason: 'ana left North.' } as const;
  const { type: _, ...said } = handOn;
  test('the case goes to the next, and says why where it is a fallback owner', () => {
    expect(given(...owned).when(handOn)).toEqual([{ type: 'CaseHandedOff', data: said }]);
    const fallen = { ...handOn, toOwner: 'sue', because: 'no-room' } as const;
    expect(given(...owned).when(fallen)).toMatchObject([{ data: { toOwner: 'sue', because: 'no-room' } }]);
  });
  test('a case that is no longer theirs, or no longer worked on, stays as it is', () => {
    const handed = { type: 'CaseHandedOff', data: said } as const;
    expect(given(...owned, handed).when(handOn)).toEqual([]);
    expect(given(...owned, handed).when({ ...handOn, toOwner: 'cem' })).toEqual([]);
    expect(given(...owned, submitted).when(handOn)).toEqual([]);
    expect(given(...closed).when(handOn)).toEqual([]);
  });
});

describe('alerting the owner', () => {
  const alert = { type: 'RecordOwnerAlert', owner: 'ana', channel: 'chat' } as const;
  const alerted = { type: 'OwnerAlerted', data: { owner: 'ana', channel: 'chat' } } as const;
  test('that the owner was told is recorded', () => {
    expect(given(...owned).when(alert)).toEqual([alerted]);
  });
  test('once', () => {
    expect(given(...owned, alerted).when(alert)).toEqual([]);
  });
  test('once more when the case is opened again', () => {
    const reopened = { type: 'CaseReopened', data: { cycle: 2 } } as const;
    expect(given(...owned, alerted, reopened).when(alert)).toEqual([alerted]);
    expect(given(...owned, alerted, reopened, alerted).when(alert)).toEqual([]);
  });
  test('an alert to somebody else is a breach, and leaves the owner to be alerted', () => {
    const bens = {
      type: 'OwnerAlerted',
      data: { owner: 'ben', channel: 'chat', breaches: ['alerted-not-owner'] },
    } as const;
    expect(given(...owned).when({ ...alert, owner: 'ben' })).toEqual([bens]);
    expect(given(opened).when(alert)).toMatchObject([{ data: { breaches: ['alerted-not-owner'] } }]);
    expect(fold(...owned, bens).now?.facts.alerted).toBe(false);
    expect(given(...owned, bens).when(alert)).toEqual([alerted]);
  });
});

describe('escalating', () => {
  const escalate = { type: 'EscalateCase', to: 'sue', reason: 'missed', target: 'resolve' } as const;
  const escalated = { type: 'CaseEscalated', data: { to: 'sue', reason: 'missed', target: 'resolve' } } as const;
  test('somebody above is told why', () => {
    expect(given(...owned).when(escalate)).toEqual([escalated]);
  });
  test('a case under review can be late too', () => {
    expect(given(...owned, submitted).when(escalate)).toEqual([escalated]);
  });
  test('once for each target and cycle', () => {
    expect(given(...owned, escalated).when(escalate)).toEqual([]);
    expect(given(...owned, escalated).when({ ...escalate, target: 'contact' })).toHaveLength(1);
    const reopened = { type: 'CaseReopened', data: { cycle: 2 } } as const;
    expect(given(...owned, escalated, reopened).when(escalate)).toHaveLength(1);
  });
  test('without a reason, or once it is closed, it is refused', () => {
    expect(given(...owned).when({ ...escalate, reason: '' })).toMatchObject({
      refused: 'reason-of-escalation-missing',
    });
    expect(given(...closed).when(escalate)).toMatchObject({ refused: 'closed' });
  });
});

import { describe, expect, test } from '@jest/globals';
import { caseDecider, type CaseEvent } from './case.js';
import type { Trail } from './case-state.js';
import { closed, fold, given, happened, owned, submitted, sue, time } from './case.testing.js';

const merged = { type: 'CaseMerged', data: { into: 'k2' } } as const;

describe('changing the priority', () => {
  const change = { type: 'ChangePriority', priority: 'low', reason: 'no harm done' } as const;
  test('the priority changes with its reason', () => {
    expect(given(...owned).when(change)).toEqual([
      { type: 'CasePriorityChanged', data: { priority: 'low', reason: 'no harm done' } },
    ]);
  });
  test('to what it is already adds nothing', () => {
    expect(given(...owned).when({ type: 'ChangePriority', priority: 'high' })).toEqual([]);
  });
  test('a closed case keeps its priority', () => {
    expect(given(...closed).when(change)).toMatchObject({ refused: 'priority-of-closed' });
  });
});

describe('reopening', () => {
  test('an approved case starts its next cycle', () => {
    expect(given(...closed).when({ type: 'ReopenCase', reason: 'it broke again' })).toEqual([
      { type: 'CaseReopened', data: { cycle: 2, reason: 'it broke again' } },
    ]);
  });
  test.each([
    ['a case in work', owned],
    ['a reopened case', [...closed, { type: 'CaseReopened', data: { cycle: 2 } } as const]],
    ['a case under review', [...owned, submitted]],
  ])('%s is not reopened', (_, history) => {
    expect(given(...history).when({ type: 'ReopenCase' })).toMatchObject({ refused: 'not-closed' });
  });
});

describe('merging duplicates', () => {
  test('a duplicate goes on in another case', () => {
    expect(given(...owned).when({ type: 'MergeCase', into: 'k2' })).toMatchObject([merged]);
  });
  test('merging it again adds nothing', () => {
    expect(given(...owned, merged).when({ type: 'MergeCase', into: 'k2' })).toEqual([]);
  });
  test.each([
    ['merged-elsewhere', [...owned, merged], 'k3'],
    ['merge-into-itself', owned, 'k1'],
    ['merge-of-closed', closed, 'k2'],
  ])('%s is refused', (refused, history, into) => {
    expect(given(...history).when({ type: 'MergeCase', into })).toMatchObject({ refused });
  });
  test('a merge by mistake is withdrawn, and says whose case counts again', () => {
    const correct = { type: 'CorrectEvent', corrects: 'e-3', withdrawn: true, reason: 'another parcel' } as const;
    const mergedOfEva = { type: 'CaseMerged', data: { into: 'k2', customer: 'eva' } } as const;
    const [withdrawal] = given(...owned, mergedOfEva).when(correct, { actor: sue }) as CaseEvent[];
    expect(withdrawal).toMatchObject({ type: 'EventCorrected', data: { corrects: 'e-3', customer: 'eva' } });
    if (!withdrawal) throw new Error('Nothing was withdrawn.');
    expect(given(...owned, mergedOfEva, withdrawal).when({ type: 'MergeCase', into: 'k3' })).toMatchObject([
      { type: 'CaseMerged', data: { into: 'k3' } },
    ]);
  });
  test('the case it goes on in is set right by another merge alone, which is checked', () => {
    const correct = { type: 'CorrectEvent', corrects: 'e-3', set: { into: 'k3' }, reason: 'mistyped' } as const;
    expect(given(...owned, merged).when(correct)).toMatchObject({ refused: 'identity-stands', field: 'set.into' });
  });
  test('a merged case takes notes and corrections, and sends all else on', () => {
    const note = { type: 'AddNote', note: 'same parcel' } as const;
    expect(given(...owned, merged).when(note)).toEqual([{ type: 'NoteAdded', data: { note: 'same parcel' } }]);
    expect(given(...owned, merged).when({ type: 'PauseCase', waitingOn: 'customer' })).toMatchObject({
      refused: 'case-merged',
      because: expect.stringContaining('k2'),
    });
  });
});

describe('notes', () => {
  const note = { type: 'AddNote', note: 'rings back at five' } as const;
  const added = { type: 'NoteAdded', data: { note: 'rings back at five' } } as const;
  test('a note is added in any status', () => {
    expect(given(...owned).when(note)).toEqual([added]);
    expect(given(...closed).when(note)).toEqual([added]);
  });
  test('goes through none of the events that came before it', () => {
    const state = fold(...owned, added);
    const trail = new Proxy(state.trail as Trail, {
      get: (event, part: keyof Trail) => {
        if (part === 'before') throw new Error('It went through the events of the case.');
        return event[part];
      },
    });
    const context = { now: time('12:00'), actor: sue, commandId: 'c-9', rules: undefined };
    expect(caseDecider.decide(note, { ...state, trail }, context)).toEqual([added]);
  });
  test('the same command adds it once, another one adds it again', () => {
    expect(given(...owned, added).when(note, { commandId: 'c-3' })).toEqual([]);
    expect(given(...owned, added).when(note, { commandId: 'c-9' })).toEqual([added]);
  });
  test('an empty note is refused', () => {
    expect(given(...owned).when({ type: 'AddNote', note: '' })).toMatchObject({ refused: 'note-empty' });
  });
});

test('a returned case is in work again, whoever returned it', () => {
  const returned = happened({ type: 'CaseReturned', data: { reason: 'no offer' } }, undefined, time('11:00'));
  expect(given(...owned, submitted, returned).when({ type: 'PauseCase', waitingOn: 'customer' })).toMatchObject([
    { type: 'CasePaused' },
  ]);
});

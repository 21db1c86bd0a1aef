import { describe, expect, test } from '@jest/globals';
import { caused, closed, given, owned, rules } from '../case/case.testing.js';

const taxonomy = [
  {
    code: 'process',
    children: [
      { code: 'billing', children: [{ code: 'wrong amount', actionRequired: true }, { code: 'sent twice' }] },
      { code: 'delivery', children: [{ code: 'late' }, { code: 'lost' }] },
    ],
  },
];
const known = { rules: rules({ rootCauses: { taxonomy } }) };
const identify = (cause: string[], action?: string) =>
  ({ type: 'IdentifyRootCause', cause, ...(action === undefined ? {} : { action }) }) as const;

describe('the root cause', () => {
  test('is one of the taxonomy, as fine as it is known', () => {
    expect(given(...owned).when(identify(['process', 'delivery', 'late']), known)).toEqual([
      { type: 'RootCauseIdentified', data: { cause: ['process', 'delivery', 'late'] } },
    ]);
    expect(given(...owned).when(identify(['process']), known)).toHaveLength(1);
  });
  test('one that is unknown is refused with the nearest that are known', () => {
    expect(given(...owned).when(identify(['process', 'bilings', 'wrong amount']), known)).toMatchObject({
      refused: 'root-cause-unknown',
      because: expect.stringMatching(
        /^The taxonomy has no cause "process > bilings > wrong amount". Nearest: "process > billing > wrong amount", /,
      ),
    });
  });
  test('where the taxonomy asks for an action, it is named', () => {
    const cause = ['process', 'billing', 'wrong amount'];
    expect(given(...owned).when(identify(cause), known)).toMatchObject({ refused: 'root-cause-without-action' });
    expect(given(...owned).when(identify(cause, ' '), known)).toMatchObject({ refused: 'root-cause-without-action' });
    expect(given(...owned).when(identify(cause, 'fix the tariff table'), known)).toMatchObject([
      { data: { cause, action: 'fix the tariff table' } },
    ]);
  });
  test('without a taxonomy any cause is taken, but not an empty one', () => {
    expect(given(...owned).when(identify(['whatever']))).toHaveLength(1);
    expect(given(...owned).when(identify([]))).toMatchObject({ refused: 'root-cause-empty' });
    expect(given(...owned).when(identify(['process', ' ']))).toMatchObject({ refused: 'root-cause-empty' });
  });
  test('found again adds nothing, found better replaces it', () => {
    expect(given(...owned, caused).when(identify(['process', 'billing']))).toEqual([]);
    expect(given(...owned, caused).when(identify(['process', 'billing'], 'call them'))).toHaveLength(1);
  });
  test('found again after the case was opened again is found for that cycle', () => {
    const reopened = { type: 'CaseReopened', data: { cycle: 2 } } as const;
    expect(given(...closed, reopened).when(identify(['process', 'billing']))).toEqual([caused]);
    expect(given(...closed, reopened, caused).when(identify(['process', 'billing']))).toEqual([]);
  });
  test('a closed case keeps its cause', () => {
    expect(given(...closed).when(identify(['process', 'delivery']))).toMatchObject({ refused: 'closed' });
  });
});

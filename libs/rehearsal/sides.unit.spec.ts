import { expect, test } from '@jest/globals';
import { RESOLVE, rulesOf } from '../recovery/clocks/case-clocks.testing.js';
import { mistakeIn } from './sides.js';

const candidate = { ruleSet: rulesOf([RESOLVE]) };

test('a rehearsal compares rules of one programme, over a time that is not empty', () => {
  const other = { ruleSet: rulesOf([RESOLVE], { programme: 'sales' }) };
  expect(mistakeIn({ candidate, against: other })).toMatchObject({
    field: 'against',
    message: 'names rules of sales; compare rules of care with others of it',
  });
  const [monday, tuesday] = ['2031-05-05T00:00:00.000Z', '2031-05-06T00:00:00.000Z'];
  expect(mistakeIn({ candidate, from: tuesday, to: monday })).toMatchObject({ field: 'from' });
  expect(mistakeIn({ candidate, from: monday, to: monday })).toMatchObject({ field: 'from' });
  expect(mistakeIn({ candidate, against: candidate, from: monday, to: tuesday })).toBeUndefined();
});

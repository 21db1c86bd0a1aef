import { describe, expect, test } from '@jest/globals';
import { booksOf, RESOLVE, rulesOf } from '../clocks/case-clocks.testing.js';
import { reaches } from './reach.js';
import type { RuleSet } from './rule-set.js';

const rules = (more: Partial<RuleSet> = {}): RuleSet => rulesOf([RESOLVE], more);
const office = rules().calendars['office'] ?? { zone: 'Etc/UTC', hours: 'always' };
const MAY = '2031-05-01T00:00Z';

const before = booksOf([null, rules()]);

describe('a change of rules', () => {
  const renamed = rules({ rootCauses: { mapped: [{ from: ['billing'], to: ['invoices'] }] } });

  test('affects readers of the changed part and of everything, and nobody else', () => {
    const after = booksOf([null, renamed]);
    expect(reaches(['rootCauses'], before, after)).toBe(true);
    expect(reaches(['triage', 'rootCauses'], before, after)).toBe(true);
    expect(reaches('whole', before, after)).toBe(true);
    expect(reaches(['triage', 'calendars'], before, after)).toBe(false);
    expect(reaches([], before, after)).toBe(false);
  });

  test('that changes no text affects nobody', () => {
    const same = booksOf([null, rules()]);
    expect(reaches('whole', before, same)).toBe(false);
    expect(reaches(['calendars', 'triage', 'rootCauses'], before, same)).toBe(false);
  });

  test('from a time on affects readers of the part that changes then', () => {
    const after = booksOf([null, rules()], [MAY, renamed]);
    expect(reaches(['rootCauses'], before, after)).toBe(true);
    expect(reaches(['calendars'], before, after)).toBe(false);
    // The whole book has one more entry, whatever it says.
    expect(reaches('whole', before, booksOf([null, rules()], [MAY, rules()]))).toBe(true);
  });

  test('at another time, or there and back again, affects readers of the part', () => {
    const once = booksOf([null, rules()], [MAY, renamed]);
    const later = booksOf([null, rules()], ['2031-06-01T00:00Z', renamed]);
    const back = booksOf([null, rules()], [MAY, renamed], ['2031-06-01T00:00Z', rules()]);
    expect(reaches(['rootCauses'], once, later)).toBe(true);
    expect(reaches(['rootCauses'], once, back)).toBe(true);
    expect(reaches(['triage'], once, back)).toBe(false);
  });

  test('of the order of calendars affects readers of calendars, because times use the first one', () => {
    const calling = { zone: 'Etc/UTC', hours: 'always' } as const;
    const one = booksOf([null, rules({ calendars: { office, calling } })]);
    const other = booksOf([null, rules({ calendars: { calling, office } })]);
    expect(reaches(['calendars'], one, other)).toBe(true);
  });

  test('of a programme that had none affects every reader', () => {
    expect(reaches([], booksOf(), before)).toBe(true);
  });
});

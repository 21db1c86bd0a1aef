import { expect, test } from '@jest/globals';
import { opened, paused, record, RESOLVE, rulesOf } from '../recovery/clocks/case-clocks.testing.js';
import { replayExported, type ExportedCase } from './exported-case.js';

test('a paused case is overdue if it was late before, and paused if it was not', () => {
  const exported = (heldFrom: string): ExportedCase => ({
    case: 'c-1',
    programme: 'care',
    at: '2031-05-07T09:00:00.000Z',
    events: record([
      ['2031-05-05T09:00Z', opened('high')], // within four hours
      [heldFrom, paused],
    ]),
    rules: [{ from: null, ruleSet: 'care', content: rulesOf([RESOLVE]) }],
  });
  expect(replayExported(exported('2031-05-05T15:00Z'))).toMatchObject([{ verdict: 'overdue' }]);
  expect(replayExported(exported('2031-05-05T12:00Z'))).toMatchObject([{ verdict: 'paused' }]);
});

import { expect, test } from '@jest/globals';
import { HistoryDamaged, HistoryUnavailable } from '../../libs/event-store/event-store.js';
import { FileRefused } from '../../libs/import/csv-rows.js';
import { RejectsRefused } from '../../libs/import/rejects.js';
import { MappingRefused } from '../../libs/import/mapping/yaml-places.js';
import { LedgerFormatRefused } from '../../libs/ledger/ledger.js';
import { GenerationConflict, ReadStoreFormatRefused } from '../../libs/read-store/read-store.js';
import { asFailure, EXIT, Failure } from './failure.js';

test.each([
  [new FileRefused('no such file'), EXIT.usage],
  [new RejectsRefused('there already'), EXIT.usage],
  [new MappingRefused('m.yaml', []), EXIT.usage],
  [new HistoryUnavailable('another process writes it'), EXIT.unavailable],
  [new GenerationConflict(1, 2), EXIT.unavailable],
  [new ReadStoreFormatRefused('read.db', 1, 2), EXIT.unavailable],
  [new LedgerFormatRefused('ledger.db', 1, 2), EXIT.unavailable],
  [new HistoryDamaged('the head does not fit'), EXIT.wrong],
  [new Failure('the rules say no', EXIT.refused), EXIT.refused],
  [Object.assign(new Error('no space left'), { code: 'ENOSPC' }), EXIT.unavailable],
])('%s ends the command with its own words and exit code', (error, exitCode) => {
  const failure = asFailure(error);
  expect(failure.exitCode).toBe(exitCode);
  expect(failure.message).toContain(error.message);
  expect(failure.message).not.toContain('fault of Amends');
});

test('what nobody foresaw is a fault, and says how to find out more', () => {
  expect(asFailure(new TypeError('x is undefined'))).toMatchObject({
    exitCode: EXIT.fault,
    message: expect.stringContaining('AMENDS_DEBUG'),
  });
});

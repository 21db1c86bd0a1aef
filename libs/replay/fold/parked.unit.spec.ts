import { expect, jest, test } from '@jest/globals';
import { SqliteLedger } from '../../ledger/sqlite/sqlite-ledger.js';
import { ParkedList } from './parked.js';

const READ_MODELS = ['cases', 'clocks'];

test('whether a case waits is found by its name, however many others wait', async () => {
  const ledger = SqliteLedger.open({ path: ':memory:', mode: 'write' });
  const parked = new ParkedList(ledger);
  const park = (key: string) =>
    parked.park(1, { projection: 'clocks', key, shard: 0, events: [], error: new Error('no such calendar') });
  expect(await parked.isParked(1, READ_MODELS, 'case 7')).toBe(false);
  for (let n = 0; n < 50; n++) await park(`case ${n}`);
  const listed = jest.spyOn(ledger, 'list');
  const got = jest.spyOn(ledger, 'get');
  expect(await parked.isParked(1, READ_MODELS, 'case 7')).toBe(true);
  expect(await parked.isParked(1, READ_MODELS, 'case 70')).toBe(false);
  expect(await parked.isParked(1, ['cases'], 'case 7')).toBe(false);
  expect(await parked.isParked(2, READ_MODELS, 'case 7')).toBe(false);
  expect(listed.mock.calls.map(([, options]) => options)).toEqual(Array(4).fill({ limit: 1 }));
  expect(got).toHaveBeenCalledTimes(5);
  await ledger.close();
});

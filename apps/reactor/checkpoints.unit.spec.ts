import { afterEach, expect, jest, test } from '@jest/globals';
import { SHARDS } from '../../libs/event-sourcing/shard.js';
import { SqliteLedger } from '../../libs/ledger/sqlite/sqlite-ledger.js';
import { Checkpoints } from './checkpoints.js';

afterEach(() => void jest.restoreAllMocks());

test('what set off nothing is passed for good too, so that a start reads no more than the last seconds again', async () => {
  const ledger = SqliteLedger.open({ path: ':memory:', mode: 'write' });
  const checkpoints = new Checkpoints(ledger, 'triage');
  const passed = (seconds: number) => {
    jest.spyOn(performance, 'now').mockReturnValue(seconds * 1_000);
    const position = `at ${seconds} s`;
    return checkpoints.save(
      Array.from({ length: SHARDS }, () => position),
      false,
    );
  };
  await checkpoints.load('the end');
  const reached: (string | undefined)[] = [];
  for (const seconds of [9, 10, 11, 19, 20]) {
    await passed(seconds);
    reached.push(await checkpoints.reached());
  }
  expect(reached).toEqual(['the end', 'at 10 s', 'at 10 s', 'at 10 s', 'at 20 s']);
  await ledger.close();
});

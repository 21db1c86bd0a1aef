import { expect, test } from '@jest/globals';
import { SqliteReadStore } from '../../../libs/read-store/sqlite/sqlite-read-store.js';
import { queues } from '../../../libs/read-models/queues.js';
import { shapesOf } from '../../../libs/replay/fold/projections.js';
import { afterPause, filterAfterPauses } from './ended-pauses.js';
import { queryOf } from './url-query.js';

const NOW = '2031-05-05T12:00:00.000Z';
const CASES = {
  working: { status: 'open', waitingOn: null, pausedUntil: null, team: 'care' },
  waiting: { status: 'paused', waitingOn: 'customer', pausedUntil: '2031-05-05T13:00:00.000Z', team: 'care' },
  endless: { status: 'paused', waitingOn: 'customer', pausedUntil: null, team: 'care' },
  over: { status: 'paused', waitingOn: 'customer', pausedUntil: '2031-05-05T11:00:00.000Z', team: 'care' },
};

test('a pause that ended by itself is over in every list, without an event', async () => {
  const reads = SqliteReadStore.open({ path: ':memory:', mode: 'write' });
  const { id } = await reads.begin(shapesOf([queues]), { ruleBooks: {}, madeAt: NOW, reason: 'test' });
  const position = '1';
  const writes = Object.entries(CASES).map(([name, document]) => ({
    ...{ collection: 'queues', id: name, shard: 0, position, document },
  }));
  await reads.flush(id, { shards: [0], position, writes });
  await reads.ready(id);
  await reads.switchTo(id, undefined);
  const listed = async (url: Parameters<typeof queryOf>[0]): Promise<string[]> => {
    const asked = queryOf(url, ['status', 'waitingOn', 'team']).filter ?? {};
    const filter = await filterAfterPauses(reads, 'queues', asked, NOW);
    return (await reads.find('queues', { filter })).documents.map((document) => document.id).sort();
  };
  expect(await listed({ status: 'open' })).toEqual(['over', 'working']);
  expect(await listed({ status: 'paused' })).toEqual(['endless', 'waiting']);
  expect(await listed({ status: ['open', 'paused'], team: 'care' })).toEqual(['endless', 'over', 'waiting', 'working']);
  expect(await listed({ waitingOn: 'customer' })).toEqual(['endless', 'waiting']);
  expect(await listed({ waitingOn: 'null' })).toEqual(['over', 'working']);
  expect(await listed({ status: 'open', team: 'other' })).toEqual([]);
  expect(afterPause(CASES.over, NOW)).toEqual({ ...CASES.working });
  expect(afterPause(CASES.waiting, NOW)).toBe(CASES.waiting);
  await reads.close();
});

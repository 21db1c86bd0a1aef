import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DECLARATIONS } from '../../libs/recovery/history.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite-event-store.js';
import { SqliteLedger } from '../../libs/ledger/sqlite/sqlite-ledger.js';
import { ParkedList } from '../../libs/replay/fold/parked.js';
import { incidentLog } from '../faults/incident-log.testing.js';
import { amends, amendsJson } from './amends.testing.js';

const folder = mkdtempSync(join(tmpdir(), 'amends-parked-'));
const data = join(folder, 'store');
let cases: readonly string[];
beforeAll(async () => {
  const file = join(folder, 'incidents.csv');
  writeFileSync(file, incidentLog(3));
  await amendsJson('import', '--mapping', 'mappings/incidents.yaml', '--data', data, file);
  await parkEach();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As a fault of an earlier version would have left them. */
async function parkEach(): Promise<void> {
  const events = SqliteEventStore.open({ folder: data, declarations: DECLARATIONS, mode: 'read' });
  const ledger = SqliteLedger.open({ path: join(data, 'ledger.db'), mode: 'write' });
  const opened = [];
  for await (const batch of events.readAll({ filter: { types: ['CaseOpened'] } })) opened.push(...batch.events);
  cases = opened.map(({ stream }) => stream.slice('case-'.length));
  for (const { stream, shard } of opened) {
    const { events: all } = await events.readStream(stream);
    const parked = { projection: 'cases', key: stream.slice('case-'.length), shard, events: all };
    await new ParkedList(ledger).park(1, { ...parked, error: new Error('The fold did not foresee this.') });
  }
  await ledger.close();
  await events.close();
}

const parked = (...args: readonly string[]) => amends('parked', ...args, '--data', data);

test('an operator lists what waits, retries it, and the build equals a rebuild as if nothing had been parked', async () => {
  const { parked: waiting } = await amendsJson<{ parked: readonly { key: string; error: string }[] }>(
    ...['parked', 'list', '--data', data],
  );
  expect(waiting.map(({ key }) => key).toSorted()).toEqual(cases.toSorted());
  const [first = ''] = cases;
  const one = await parked('retry', 'cases', first);
  expect([one.code, one.out, one.err]).toEqual([0, `${first} is in order again in cases.\n`, '']);
  expect((await parked('skip', 'cases', first)).err).toContain(`${first} is not parked in cases. amends parked list`);
  const all = await parked('retry', '--all');
  expect([all.code, all.out.match(/is in order again/g)?.length]).toEqual([0, 2]);
  expect((await parked('list')).out).toBe('Nothing is parked.\n');
  expect((await amends('verify', '--data', data)).code).toBe(0);
});

test.each([
  [['retry'], 'Name the read model and the key as amends parked list shows them, or take --all.'],
  [['retry', 'cases', 'x', '--all'], 'Name one, or take --all: not both.'],
  [['retry', 'cases', 'x', '--generation', 'two'], '--generation takes the number of a build, not "two".'],
  [['skip', 'cases'], "missing required argument 'key'"],
])('%j is refused in words', async (args, words) => {
  const { code, err } = await parked(...args);
  expect([code, err]).toEqual([2, expect.stringContaining(words)]);
});

import { LENDING, lendingEvents } from '../lending.testing.js';
import { SqliteEventStore } from './sqlite-event-store.js';

/**
 * A program for tests of faults: appends event after event and prints each acknowledged position, until it kills itself
 * at the crash point or its parent kills it. Arguments: folder, crash point ('' for none), and at which of its calls.
 */
const [folder = '', crashAt = '', calls = '1'] = process.argv.slice(2);
let left = Number(calls);
const store = SqliteEventStore.open({
  folder,
  declarations: LENDING,
  mode: 'write',
  crashPoint: (name) => {
    if (name === crashAt && --left === 0) process.kill(process.pid, 'SIGKILL');
  },
});
process.stdout.write('open\n');
for (let revision = (await store.readStream('loan-1')).revision; ; revision++) {
  const { position } = await store.append('loan-1', lendingEvents('loan-1', `${revision}`), revision);
  process.stdout.write(`${position}\n`);
}

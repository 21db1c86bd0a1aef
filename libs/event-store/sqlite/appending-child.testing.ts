import { LENDING, lendingEvents } from '../lending.testing.js';
import { SqliteEventStore } from './sqlite-event-store.js';

/**
 * A program of its own for tests of faults: appends one event after the other and tells on standard output what was
 * acknowledged, one position a line, until it ends itself at the named crash point or is ended by its parent.
 * Arguments: folder, crash point ('' for none), and at which of its calls.
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

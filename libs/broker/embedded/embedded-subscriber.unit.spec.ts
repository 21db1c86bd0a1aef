import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore } from '../../event-store/sqlite/sqlite-event-store.js';
import { SqliteLedger } from '../../ledger/sqlite/sqlite-ledger.js';
import { DECLARATIONS } from '../../recovery/history.js';
import { subscriberContract } from '../subscriber.contract.js';
import { EmbeddedSubscriber } from './embedded-subscriber.js';

subscriberContract('embedded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'topics-'));
  const history = SqliteEventStore.open({ folder, declarations: DECLARATIONS, mode: 'write' });
  const ledger = SqliteLedger.open({ path: join(folder, 'ledger.db'), mode: 'write' });
  return {
    history,
    subscriber: new EmbeddedSubscriber(history, ledger),
    async end() {
      await Promise.all([history.close(), ledger.close()]);
      rmSync(folder, { recursive: true });
    },
  };
});

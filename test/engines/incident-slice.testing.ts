import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { prepareImport, runImport } from '../../apps/ops/import/import-run.js';
import { openStores, type Stores } from '../../libs/platform/stores/open-stores.js';
import { ROOT_FOLDER, sample } from '../e2e/amends.testing.js';

/** The rows of the incident log that CI has time for; AMENDS_INCIDENT_ROWS=all takes all. */
const ROWS = process.env['AMENDS_INCIDENT_ROWS'] ?? '3000';

/** The first rows of the real incident log, imported into embedded stores as the command line does it. */
export async function importIncidents(folder: string): Promise<Stores> {
  const log = sample('incident-events-to-2016-04-14.csv.gz');
  const file = ROWS === 'all' ? log : join(folder, 'incidents.csv');
  if (ROWS !== 'all') {
    const lines = gunzipSync(readFileSync(log)).toString('utf8').split('\n');
    writeFileSync(file, `${lines.slice(0, Number(ROWS) + 1).join('\n')}\n`);
  }
  const prepared = await prepareImport(file, join(ROOT_FOLDER, 'mappings', 'incidents.yaml'));
  const stores = await openStores({ folder: join(folder, 'data') }, { mode: 'write' });
  await runImport(stores, prepared, join(folder, 'rejects.csv'));
  return stores;
}

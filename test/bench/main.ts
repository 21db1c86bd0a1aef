import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dueTimes } from './due-times.js';
import { historyStore } from './history-store.js';
import { rehearsing } from './rehearsing.js';
import { queuePages, replaying } from './replaying.js';
import { ingest } from './ingest.js';
import { liveTraffic } from './live-traffic.js';
import type { Figure, Size } from './measure.js';
import { report, table } from './table.js';

const GROUPS: Readonly<Record<string, (size: Size, folder: string) => Promise<Figure[]>>> = {
  history: historyStore,
  ingest,
  replay: replaying,
  rehearse: rehearsing,
  queue: queuePages,
  clocks: dueTimes,
  live: liveTraffic,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !(name in GROUPS));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no figure called ${unknown.join(', ')}. Choose from ${Object.keys(GROUPS).join(', ')}.\n`,
  );
  process.exit(2);
}

const size: Size = { quick: values.quick, runs: values.quick ? 3 : 5 };
const folder = mkdtempSync(join(tmpdir(), 'amends-bench-'));
try {
  const figures: Figure[] = [];
  for (const [name, measure] of Object.entries(GROUPS)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    process.stderr.write(`measuring ${name}...\n`);
    figures.push(...(await measure(size, join(folder, name))));
  }
  process.stdout.write(values.json ? `${JSON.stringify(report(figures), null, 2)}\n` : `${table(figures)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

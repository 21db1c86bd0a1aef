import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { errorText } from '../../libs/event-sourcing/error-text.js';
import { dueTimes } from './due-times.js';
import { commandsOnEngines } from './engines/commands.js';
import { relayToKafka } from './engines/relay.js';
import { replayFromEventStoreDb } from './engines/replay.js';
import { growth } from './growth/growth.js';
import { historyStore } from './history-store.js';
import { rehearsing } from './rehearsing.js';
import { queuePages, replaying } from './replaying.js';
import { ingest } from './ingest.js';
import { liveTraffic } from './live-traffic.js';
import type { Figure, Size } from './measure.js';
import { report, table } from './table.js';
import { time } from './time.js';
import { triage } from './triage.js';

type Groups = Readonly<Record<string, (size: Size, folder: string) => Promise<Figure[]>>>;
const EMBEDDED: Groups = {
  history: historyStore,
  ingest,
  triage,
  replay: replaying,
  rehearse: rehearsing,
  queue: queuePages,
  clocks: dueTimes,
  time,
  live: liveTraffic,
  growth,
};
/** It starts many processes: a quick run measures it only where it is named. */
const NOT_QUICK: ReadonlySet<string> = new Set(['growth']);
/** Run by --engines too. They start their own engines unless the test settings name servers. */
const ENGINES: Groups = {
  'replay-engines': replayFromEventStoreDb,
  relay: relayToKafka,
  commands: commandsOnEngines,
};

const { values, positionals } = asked();
const groups = values.engines ? { ...EMBEDDED, ...ENGINES } : EMBEDDED;
const unknown = positionals.filter((name) => !(name in groups));
if (unknown.length > 0) {
  const more = values.engines ? '' : `, and with --engines ${Object.keys(ENGINES).join(', ')}`;
  process.stderr.write(
    `There is no figure called ${unknown.join(', ')}. Choose from ${Object.keys(groups).join(', ')}${more}.\n`,
  );
  process.exit(2);
}

const size: Size = { quick: values.quick, runs: values.quick ? 3 : 5 };
const folder = mkdtempSync(join(tmpdir(), 'amends-bench-'));
try {
  const figures: Figure[] = [];
  for (const [name, measure] of Object.entries(groups)) {
    if (positionals.length > 0 ? !positionals.includes(name) : values.quick && NOT_QUICK.has(name)) continue;
    process.stderr.write(`measuring ${name}...\n`);
    figures.push(...(await measure(size, join(folder, name))));
  }
  process.stdout.write(values.json ? `${JSON.stringify(report(figures), null, 2)}\n` : `${table(figures)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function asked() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        engines: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n`);
    process.stderr.write('npm run -s bench -- [--quick] [--json] [--engines] [GROUP ...]\n');
    process.exit(2);
  }
}

import { setTimeout as after } from 'node:timers/promises';
import { SqliteEventStore } from '../../../libs/event-store/sqlite/sqlite-event-store.js';
import { idOf } from '../../../libs/event-sourcing/identity.js';
import { DECLARATIONS } from '../../../libs/recovery/history.js';
import { startBuilt, type BuiltProcess } from '../built-process.js';
import { KEY } from '../sending.js';
import type { Factors } from './factors.js';
import { eventsOf, responseOf } from './grown-history.js';
import type { PathsOfHistory } from './paths-of-history.js';

const REQUESTS = 150;
const LOOK_EVERY_MS = 300;
/** Of the processor, between two looks: what runs on a clock uses little. */
const AT_REST_US = 40_000;

/** The same store served by a process of its own. */
export class ServedPaths {
  private runs = 0;

  constructor(
    private readonly of: PathsOfHistory,
    private readonly waiting: number,
  ) {}

  async measure(to: Factors): Promise<void> {
    const { size } = this.of;
    const run = `served ${this.runs++}`;
    const started = await this.start();
    to.note('start', size, started.used());
    await atRest(started);
    try {
      await this.asking(to, started);
    } finally {
      await started.end();
    }
    await this.letWait(run);
    const again = await this.start();
    to.note(`start with ${this.waiting.toLocaleString('en')} responses waiting`, size, again.used());
    await again.end();
  }

  private async asking(to: Factors, served: BuiltProcess): Promise<void> {
    const ask = async (path: string): Promise<void> => {
      const answer = await fetch(`${served.url}${path}`, { headers: { authorization: `Bearer ${KEY}` } });
      if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}: ${await answer.text()}`);
      await answer.arrayBuffer();
    };
    const paths: Readonly<Record<string, (n: number) => string>> = {
      'case page': (n) => `/v1/cases/${this.of.caseOf(n).id}`,
      'timeline of a case': (n) => `/v1/cases/${this.of.caseOf(n).id}/timeline`,
      // As many as the smallest history has.
      'queue page': () => '/v1/queue?limit=10',
      'cases of a response': (n) => `/v1/cases?response=${idOf('response', n)}`,
      health: () => '/health/ready',
    };
    for (const [path, at] of Object.entries(paths)) {
      for (let n = 0; n < REQUESTS / 3; n++) await ask(at(n));
      const before = served.used();
      for (let n = 0; n < REQUESTS; n++) await ask(at(n));
      to.note(path, this.of.size, (served.used() - before) / REQUESTS);
    }
  }

  private start(): Promise<BuiltProcess> {
    return startBuilt('apps/standalone/main.js', {
      env: {
        AMENDS_DATA: this.of.folder,
        AMENDS_PORT: '0',
        AMENDS_OPERATOR_KEY: KEY,
        AMENDS_DEMO: 'off',
        AMENDS_RATE_LIMIT: '10000000',
      },
    });
  }

  private async letWait(run: string): Promise<void> {
    const { folder } = this.of;
    const events = SqliteEventStore.open({ folder, declarations: DECLARATIONS, mode: 'write' });
    const appended = Array.from({ length: this.waiting }, (_, n) => {
      const name = `${run} ${n}`;
      const stream = `response-${idOf('bench response', name)}`;
      const customer = idOf('bench customer', n % 100);
      return events.append(stream, eventsOf(stream, [responseOf(name, customer)], { shardKey: customer }), 0);
    });
    await Promise.all(appended);
    await events.close();
  }
}

/** Until it has done what a start leaves for later. */
async function atRest(served: BuiltProcess): Promise<void> {
  for (let before = -Infinity; ;) {
    const used = served.used();
    if (used - before < AT_REST_US) return;
    before = used;
    await after(LOOK_EVERY_MS);
  }
}

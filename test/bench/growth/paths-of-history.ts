import { join } from 'node:path';
import { rmSync } from 'node:fs';
import { HeldBackReleases } from '../../../apps/reactor/held-back-releases.js';
import { DirectBuilds } from '../../../libs/builds/direct-builds.js';
import { isRefusal } from '../../../libs/event-sourcing/decider.js';
import type { Recorded } from '../../../libs/event-sourcing/event.js';
import { idOf } from '../../../libs/event-sourcing/identity.js';
import { SqliteEventStore } from '../../../libs/event-store/sqlite/sqlite-event-store.js';
import { Sealer } from '../../../libs/evidence/sealer.js';
import { wayIn, type WayIn } from '../../../libs/platform/stores/ground.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { Inputs } from '../../../libs/read-models/inputs.js';
import { READ_MODELS } from '../../../libs/read-models/read-models.js';
import { DECLARATIONS } from '../../../libs/recovery/history.js';
import { auditCase } from '../../../libs/rehearsal/audit-case.js';
import { Fold } from '../../../libs/replay/fold/fold.js';
import { ParkedList } from '../../../libs/replay/fold/parked.js';
import { loadRuleBooks } from '../../../libs/replay/builds/rule-books.js';
import type { Figure } from '../measure.js';
import type { Factors } from './factors.js';
import { caseOf, eventsOf, growHistory, NOW } from './grown-history.js';

const OPERATIONS = 60;
/** Each is long, or costs little beside what it starts. */
const FEW = 10;

/** A store in this process, whose paths are measured one by one. */
export class PathsOfHistory {
  private runs = 0;

  private constructor(
    readonly size: number,
    readonly folder: string,
    private readonly stores: Stores,
    private readonly cases: number,
    /** Events folded a second, and events backed up a second. */
    readonly rates: { readonly build: number; readonly backUp: number },
  ) {}

  static async grow(folder: string, size: number): Promise<PathsOfHistory> {
    const { stores, cases } = await growHistory(folder, size);
    const { events, reads, ledger } = stores;
    const began = performance.now();
    await new DirectBuilds({ events, reads, ledger, stepMs: Infinity }).serve();
    const build = (size / (performance.now() - began)) * 1_000;
    const paths = new PathsOfHistory(size, folder, stores, cases, { build, backUp: await backUpRate(folder, size) });
    await (await paths.sealer()).sealNow();
    return paths;
  }

  /** The n-th of so many cases that lie all over history. */
  caseOf(n: number): ReturnType<typeof caseOf> {
    return caseOf(Math.floor((n % OPERATIONS) * (this.cases / OPERATIONS)));
  }

  async measure(to: Factors): Promise<void> {
    const { stores, size } = this;
    const run = `run ${this.runs++}`;
    const { events, reads, personal } = stores;
    // Nothing is remembered of streams: each command reads its own.
    const way = await wayIn(stores, () => NOW);
    await to.measure('append', size, OPERATIONS, (n) => {
      const stream = `case-${idOf(run, n)}`;
      return events.append(stream, eventsOf(stream, [{ type: 'NoteAdded', data: { note: 'a note' } }] as never), 0);
    });
    await to.measure('command', size, OPERATIONS, (n) => this.note(way, run, n));
    await to.measure('command sent again', size, OPERATIONS, (n) => this.note(way, run, n));

    const sealer = await this.sealer();
    await sealer.sealNow();
    await to.measure('seal of one event', size, FEW, async (n) => {
      await this.note(way, `${run} sealed`, n);
      await sealer.sealNow();
    });
    await to.measure('sealer’s start', size, FEW, () => this.sealer());

    const fold = await this.fold();
    for await (const batch of events.readAll({ from: fold.position })) await fold.apply(batch);
    for (let n = 0; n < OPERATIONS; n++) await this.note(way, `${run} folded`, n);
    const news: Recorded[] = [];
    for await (const batch of events.readAll({ from: fold.position })) news.push(...batch.events);
    await to.measure('read models, one event', size, news.length, (n) => fold.apply(batchOf(news[n])));

    await to.measure('look for what was held back', size, FEW, () => this.releases(way).look());
    await to.measure('audit of one case', size, OPERATIONS, async (n) => {
      const asked = { case: this.caseOf(n).id, at: NOW, view: { knownAt: undefined, under: undefined } };
      await auditCase({ events, reads, withhold: (value) => personal.withhold(value) }, asked);
    });
    await to.measure('rules in force at a start', size, OPERATIONS, () => loadRuleBooks(events));
  }

  close(): Promise<void> {
    return this.stores.close();
  }

  private async note({ commands }: WayIn, run: string, n: number): Promise<void> {
    const { id } = this.caseOf(n);
    const outcome = await commands.execute({
      ...{ aggregate: 'case', id, command: { type: 'AddNote', note: 'Rings back at five.' } },
      actor: { id: 'agent-1', role: 'agent' },
      commandId: idOf(run, 'note', n),
      chosenId: true,
    });
    if (isRefusal(outcome)) throw new Error(outcome.because);
  }

  private async sealer(): Promise<Sealer> {
    const { events, ledger, vault } = this.stores;
    const key = await this.stores.signingKey();
    return Sealer.open({ history: events.asStored(), ledger, vault, key, now: () => NOW });
  }

  private async fold(): Promise<Fold<Inputs>> {
    const { events, reads, ledger } = this.stores;
    const live = await reads.live();
    const inputs = new Inputs((await loadRuleBooks(events)).books);
    const parked = new ParkedList(ledger);
    return Fold.open({ events, reads, generation: live?.id ?? 0, projections: READ_MODELS, inputs, parked });
  }

  private releases({ commands, rules }: WayIn): HeldBackReleases {
    return new HeldBackReleases({
      reads: this.stores.reads,
      commands,
      rules,
      errands: { known: async () => ({ streams: new Map(), openCases: {} }) },
      now: () => NOW,
      onRefused: (stream, { because }) => {
        throw new Error(`${stream}: ${because}`);
      },
    });
  }
}

const batchOf = (event: Recorded | undefined) => ({
  events: event ? [event] : [],
  position: event?.position ?? '',
});

async function backUpRate(folder: string, events: number): Promise<number> {
  const history = SqliteEventStore.open({ folder, declarations: DECLARATIONS, mode: 'read' });
  const path = join(folder, 'back-up.db');
  const began = performance.now();
  await history.backup(path, NOW);
  const seconds = (performance.now() - began) / 1_000;
  await history.close();
  rmSync(path);
  return events / seconds;
}

/** What reads all of history takes as long as history is: the rate at each size. */
export function rates(paths: readonly PathsOfHistory[]): Figure[] {
  return (['build', 'backUp'] as const).map((path) => ({
    what: path === 'build' ? 'first build of all read models' : 'back-up of history',
    unit: 'events/s',
    ours: paths.map((one) => one.rates[path]),
    note: paths
      .map(
        (one) =>
          `${Math.round(one.rates[path]).toLocaleString('en')} events/s at ${one.size.toLocaleString('en')} events`,
      )
      .join(', '),
  }));
}

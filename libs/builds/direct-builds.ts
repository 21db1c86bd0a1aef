import type { Refusal } from '../event-sourcing/decider.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Ledger } from '../ledger/ledger.js';
import { Inputs } from '../read-models/inputs.js';
import { READ_MODELS } from '../read-models/read-models.js';
import type { Generation, GenerationChoice, GenerationStamp, ReadStore } from '../read-store/read-store.js';
import type { CarriedOut } from '../rehearsal/carry-out.js';
import { booksOf, canFold, keptBuild } from '../replay/builds/kept-builds.js';
import { isFed, switchGeneration } from '../replay/builds/generations.js';
import { catchUp, rebuild, type BuildOptions, type Progress } from '../replay/builds/rebuild.js';
import { loadRuleBooks, type RulesInHistory } from '../replay/builds/rule-books.js';
import { digestBuild } from '../replay/digest/digest.js';
import { ParkedList } from '../replay/fold/parked.js';
import type { Builds, BuildWanted, NamedRules } from '../rule-changes/builds.js';

export interface DirectBuildsOptions extends Pick<BuildOptions<Inputs>, 'rest' | 'signal' | 'stepMs'> {
  readonly events: EventStore;
  readonly reads: ReadStore;
  readonly ledger: Ledger;
  /** Shows how far a long step is. */
  show?<T>(this: void, what: string, step: (onProgress: (progress: Progress) => void) => Promise<T>): Promise<T>;
}

/** Makes builds in this thread, where nothing else keeps them at the end of history. */
export class DirectBuilds implements Builds {
  constructor(private readonly on: DirectBuildsOptions) {}

  async build({ reason, ruleSet, books }: BuildWanted): Promise<Generation> {
    const override = ruleSet && { [ruleSet.programme]: ruleSet };
    const { events } = this.on;
    return this.rebuild(events, await loadRuleBooks(events, { override, books }), reason);
  }

  async carryOut(asked: NamedRules & { readonly at: string }): Promise<CarriedOut | Refusal> {
    // Loaded where it is asked for: most threads make a build and no more.
    const { carryOut } = await import('../rehearsal/carry-out.js');
    return carryOut({
      ...this.on,
      ...asked,
      projections: READ_MODELS,
      build: ({ events, rules, reason }) => this.rebuild(events, rules, reason),
      catchUp: (generation, rules) => this.catchUp(generation, rules),
    });
  }

  async digest(generation: GenerationChoice): Promise<string> {
    return (await digestBuild(this.on.reads, generation)).digest;
  }

  async kept(books: GenerationStamp['ruleBooks'] = {}): Promise<Generation | undefined> {
    const { events, reads } = this.on;
    return keptBuild(reads, READ_MODELS, await loadRuleBooks(events, { books }));
  }

  switchTo(generation: number): Promise<{ from: number | undefined; to: number }> {
    return switchGeneration(this.on.reads, generation);
  }

  /**
   * Serves a build by the present code and under the rules in force, at the end of history, whatever came before: no
   * build yet, read models that changed, or a crash between an activation and the switch to its build. Makes one where
   * none that is kept fits.
   */
  async serve(): Promise<Generation> {
    const { events, reads } = this.on;
    const rules = await loadRuleBooks(events);
    const next = (await keptBuild(reads, READ_MODELS, rules)) ?? (await this.rebuild(events, rules, 'up to date'));
    await this.catchUp(next, rules);
    if (next.status !== 'live') await this.switchTo(next.id);
    return { ...next, status: 'live' };
  }

  /** The same, and brings the builds that are kept to go back to, to the end of history. */
  async serveCurrent(): Promise<Generation> {
    const { events, reads } = this.on;
    const live = await this.serve();
    const rules = await loadRuleBooks(events);
    for (const kept of (await reads.generations()).filter(isFed))
      if (kept.id !== live.id && canFold(kept, READ_MODELS)) await this.catchUp(kept, rules);
    return live;
  }

  private rebuild(events: EventStore, { books, entries }: RulesInHistory, reason: string): Promise<Generation> {
    return this.shown('Building read models', (common) =>
      rebuild({ ...common, events, inputs: new Inputs(books), ruleBooks: entries, reason }),
    );
  }

  private catchUp({ id, stamp }: Generation, rules: RulesInHistory): Promise<number> {
    const inputs = new Inputs(booksOf(stamp, rules));
    return this.shown('Reading history', (common) => catchUp(id, { ...common, inputs }));
  }

  private shown<T>(what: string, step: (common: Omit<BuildOptions<Inputs>, 'inputs'>) => Promise<T>): Promise<T> {
    const { ledger, show, ...how } = this.on;
    const common = { ...how, projections: READ_MODELS, parked: new ParkedList(ledger) };
    return show === undefined ? step(common) : show(what, (onProgress) => step({ ...common, onProgress }));
  }
}

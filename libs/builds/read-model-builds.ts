import type { Stores } from '../platform/stores/open-stores.js';
import type { Inputs } from '../read-models/inputs.js';
import { READ_MODELS } from '../read-models/read-models.js';
import { isRefusal, type Refusal } from '../event-sourcing/decider.js';
import type { CarriedOut } from '../rehearsal/carry-out.js';
import type { Generation, GenerationChoice, GenerationStamp } from '../read-store/read-store.js';
import { bringUpToDate, booksOf, keptBuild } from '../replay/builds/bring-up-to-date.js';
import type { Following } from '../replay/follow/following.js';
import { release, switchGeneration } from '../replay/builds/generations.js';
import { ParkedList } from '../replay/fold/parked.js';
import { catchUp, rebuild } from '../replay/builds/rebuild.js';
import { loadRuleBooks } from '../replay/builds/rule-books.js';
import type { RuleSet } from '../recovery/rules/rule-set.js';
import { runBeside } from './run-beside.js';
import type { BesideProgress, Works } from './work.js';

export interface BuildWanted {
  readonly reason: string;
  /** These rules instead of their programme's, since ever. */
  readonly ruleSet?: RuleSet;
  /** These books instead of those in force, by programme. */
  readonly books?: GenerationStamp['ruleBooks'];
  readonly signal?: AbortSignal;
  onProgress?(progress: BesideProgress): void;
}

/** Makes builds of the read models beside the one that is served, and switches to them. */
export class ReadModelBuilds {
  constructor(
    private readonly stores: Stores,
    private readonly follower: Following,
  ) {}

  /** In a thread of its own; then it is followed like the live one. @throws Stopped */
  async build({ reason, ruleSet, books, signal, onProgress }: BuildWanted): Promise<Generation> {
    const id = await runBeside(
      'build',
      { reason, ...(ruleSet === undefined ? {} : { ruleSet }), ...(books === undefined ? {} : { books }) },
      {
        places: this.stores.places,
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined ? {} : { onProgress }),
      },
    );
    return this.follow(id, signal);
  }

  /** What was rehearsed and approved, proved to be that, and followed from there; or what has moved since. */
  async carryOut(
    asked: Works['carryOut']['asked'],
    wanted: Omit<BuildWanted, 'reason'>,
  ): Promise<CarriedOut | Refusal> {
    const { signal, onProgress } = wanted;
    const carried = await runBeside('carryOut', asked, {
      places: this.stores.places,
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    if (isRefusal(carried)) return carried;
    return { ...carried, generation: await this.follow(carried.generation.id, signal) };
  }

  digest(generation: GenerationChoice): Promise<string> {
    return runBeside('digest', { generation }, { places: this.stores.places });
  }

  /** Kept at the end of history from now on. */
  private async follow(id: number, signal: AbortSignal | undefined): Promise<Generation> {
    await this.follower.refresh();
    await this.follower.caughtUp(id, signal);
    const made = (await this.stores.reads.generations()).find((generation) => generation.id === id);
    if (made === undefined) throw new Error(`Generation ${id} was released while it was built. Build again.`);
    return made;
  }

  /** Once it holds what history holds, in one step for all read models. */
  async switchTo(generation: number): Promise<{ from: number | undefined; to: number }> {
    await this.follower.refresh();
    await this.follower.caughtUp(generation);
    const switched = await switchGeneration(this.stores.reads, generation);
    // The one before is kept to go back to, those before it are not.
    await release(this.stores.reads, ({ id, status }) => status === 'retired' && id !== switched.from);
    await this.follower.refresh();
    return switched;
  }

  /** The build that fits the present code and the rules in force, or other books of theirs, where one is kept. */
  async kept(books: GenerationStamp['ruleBooks'] = {}): Promise<Generation | undefined> {
    const { events, reads } = this.stores;
    const history = await loadRuleBooks(events);
    return keptBuild(reads, READ_MODELS, { ...history, entries: { ...history.entries, ...books } });
  }

  /**
   * Serves what the present code and the rules in history say, whatever was served before. What is built beside is
   * looked at again before it is served: rules may have changed once more. @throws Stopped
   */
  async bringUpToDate(wanted: Pick<BuildWanted, 'signal' | 'onProgress'> = {}): Promise<Generation> {
    for (;;) {
      const fitting = await this.kept();
      if (fitting === undefined) await this.build({ ...wanted, reason: 'up to date' });
      else {
        if (fitting.status !== 'live') await this.switchTo(fitting.id);
        return { ...fitting, status: 'live' };
      }
    }
  }

  /** The same in this thread, while nobody is served yet. */
  bringUpToDateAlone(): Promise<Generation> {
    const { events, reads, ledger } = this.stores;
    const parked = new ParkedList(ledger);
    const common = { events, reads, projections: READ_MODELS, parked, stepMs: Infinity };
    return bringUpToDate<Inputs>({
      events,
      reads,
      projections: READ_MODELS,
      build: ({ books, entries }, reason) =>
        rebuild({ ...common, inputs: { rules: books }, ruleBooks: entries, reason }),
      catchUp: ({ id, stamp }, rules) => catchUp(id, { ...common, inputs: { rules: booksOf(stamp, rules) } }),
    });
  }
}

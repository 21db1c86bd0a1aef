import { isRefusal, type Refusal } from '../event-sourcing/decider.js';
import type { Stores } from '../platform/stores/open-stores.js';
import type { Generation, GenerationChoice, GenerationStamp } from '../read-store/read-store.js';
import type { CarriedOut } from '../rehearsal/carry-out.js';
import { releaseRetired, switchGeneration } from '../replay/builds/generations.js';
import type { Following } from '../replay/follow/following.js';
import type { Builds, BuildWanted } from '../rule-changes/builds.js';
import { DirectBuilds } from './direct-builds.js';
import { runInThread, type Steering } from './run-in-thread.js';
import type { Works } from './work.js';

/** Makes builds in threads, so that the one before is served meanwhile; a follower keeps all of them up to date. */
export class ReadModelBuilds implements Builds {
  private readonly direct: DirectBuilds;

  constructor(
    private readonly stores: Pick<Stores, 'places' | 'events' | 'reads' | 'ledger'>,
    private readonly follower: Following,
    private readonly steering: Steering = {},
  ) {
    const { events, reads, ledger } = stores;
    this.direct = new DirectBuilds({ events, reads, ledger, stepMs: Infinity });
  }

  /** The same, where long work can be stopped, and tells how far it is. What is stopped throws Stopped. */
  steered(steering: Steering): ReadModelBuilds {
    return new ReadModelBuilds(this.stores, this.follower, steering);
  }

  async build(wanted: BuildWanted): Promise<Generation> {
    const { places } = this.stores;
    return this.follow(await runInThread('build', wanted, { places, ...this.steering }));
  }

  async carryOut(asked: Works['carryOut']['input']): Promise<CarriedOut | Refusal> {
    const { places } = this.stores;
    const carried = await runInThread('carryOut', asked, { places, ...this.steering });
    return isRefusal(carried) ? carried : { ...carried, generation: await this.follow(carried.generation.id) };
  }

  digest(generation: GenerationChoice): Promise<string> {
    return runInThread('digest', { generation }, { places: this.stores.places });
  }

  kept(books?: GenerationStamp['ruleBooks']): Promise<Generation | undefined> {
    return this.direct.kept(books);
  }

  /** Waits until the build holds what history holds; keeps the one before to go back to, and drops those before it. */
  async switchTo(generation: number): Promise<{ from: number | undefined; to: number }> {
    await this.follower.refresh();
    await this.follower.caughtUp(generation);
    const switched = await switchGeneration(this.stores.reads, generation);
    await releaseRetired(this.stores.reads, switched.from);
    await this.follower.refresh();
    return switched;
  }

  /** Looks again after each build, before it is served: rules may have changed once more. */
  async serveCurrent(): Promise<Generation> {
    for (;;) {
      const fitting = await this.kept();
      if (fitting === undefined) await this.build({ reason: 'up to date' });
      else {
        if (fitting.status !== 'live') await this.switchTo(fitting.id);
        return { ...fitting, status: 'live' };
      }
    }
  }

  /** The same in this thread, while nobody is served yet. */
  serveCurrentAlone(): Promise<Generation> {
    return this.direct.serve();
  }

  private async follow(id: number): Promise<Generation> {
    await this.follower.refresh();
    await this.follower.caughtUp(id, this.steering.signal);
    const made = (await this.stores.reads.generations()).find((generation) => generation.id === id);
    if (made === undefined) throw new Error(`Generation ${id} was released while it was built. Build again.`);
    return made;
  }
}

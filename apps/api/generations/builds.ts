import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Commands } from '../../../libs/commands/commands.js';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import { isRefusal, type Refusal } from '../../../libs/event-sourcing/decider.js';
import type { Anchor } from '../../../libs/evidence/anchor.js';
import { sealsReport, verifySeals, type SealsReport } from '../../../libs/evidence/verify-seals.js';
import { notFound, Problem } from '../../../libs/platform/problem/problem.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import { NothingLive, type Generation } from '../../../libs/read-store/read-store.js';
import { Following } from '../../../libs/replay/follow/following.js';
import type { WorkProgress } from '../../../libs/builds/work.js';
import { RuleChanges } from '../../../libs/rule-changes/rule-changes.js';
import { problemOfRefusal } from '../http/request-headers.js';
import { runInThread, Stopped } from '../../../libs/builds/run-in-thread.js';
import { ReadModelBuilds } from '../../../libs/builds/read-model-builds.js';
import { verifiedWhole, verifyLive, type VerifiedLive } from '../../../libs/builds/verify-live.js';
import { busy, conflict } from '../http/problems.js';

export type Verified = SealsReport & VerifiedLive;

/** What the app builds now, and how far it is. */
interface Working {
  readonly reason: string;
  progress?: WorkProgress;
  readonly stop: AbortController;
}

/** Builds read models while others are served. One build at a time: each reads all of history. */
@Injectable()
export class Builds implements BeforeApplicationShutdown {
  private working: Working | undefined;

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly commands: Commands,
    private readonly rules: RulesInForce,
    private readonly follower: Following,
    private readonly builds: ReadModelBuilds,
  ) {}

  beforeApplicationShutdown(): void {
    this.working?.stop.abort();
  }

  get underWay(): Omit<Working, 'stop'> | undefined {
    return this.working && { reason: this.working.reason, progress: this.working.progress };
  }

  /** Builds once more under the rules in force. */
  rebuild(reason: string): Promise<Generation> {
    return this.oneAtATime(reason, (builds) => builds.build({ reason }));
  }

  /** Stops the build, which goes on from there when it is asked for again. False: nothing is being built. */
  stop(): boolean {
    this.working?.stop.abort();
    return this.working !== undefined;
  }

  /** Changes rules, which makes builds. @throws Problem where it is refused, or while something else is being built */
  async change<T extends object>(reason: string, work: (changes: RuleChanges) => Promise<T | Refusal>): Promise<T> {
    const { commands, rules } = this;
    const outcome = await this.oneAtATime(reason, (builds) =>
      work(new RuleChanges({ ...this.stores, commands, rules, builds })),
    );
    if (isRefusal(outcome)) throw problemOfRefusal(outcome);
    return outcome;
  }

  /** @throws Problem where there is no such build, or it is not ready */
  async switchTo(generation: number): Promise<{ from: number | undefined; to: number }> {
    const { status } = await this.known(generation);
    if (status === 'building')
      throw conflict(
        'generation-not-ready',
        `Generation ${generation} is still being built.`,
        'Switch once it is ready: GET /v1/generations says so.',
      );
    return this.builds.switchTo(generation);
  }

  async release(generation: number): Promise<void> {
    const { status } = await this.known(generation);
    if (status === 'live')
      throw conflict('generation-live', `Generation ${generation} is served.`, 'Switch to another first.');
    if (status === 'building' && this.working !== undefined)
      throw conflict(
        'build-under-way',
        `Generation ${generation} may be the one that is being built.`,
        'Stop the build first: POST /v1/generations/stop.',
      );
    await this.stores.reads.release(generation);
    await this.follower.refresh();
  }

  /** Checks that history gives again what is served, and that its seals are intact. */
  verify(anchor?: Anchor): Promise<Verified> {
    return this.oneAtATime('verification', async () => {
      const { places, events, reads, ledger, vault } = this.stores;
      const live = await reads.live();
      if (live === undefined) throw new NothingLive();
      const damages = await runInThread('damages', {}, { places });
      const { publicKey } = await this.stores.signingKey();
      const seals = await verifySeals(events.asStored().readAll(), { ledger, vault, publicKey, anchor });
      const compared = await verifyLive(live, this.stores, {
        places,
        threads: 1,
        whilePaused: (work) => this.follower.whilePaused(live.id, work),
      });
      return verifiedWhole(compared, sealsReport(seals), damages);
    });
  }

  private async known(generation: number): Promise<Generation> {
    const found = (await this.stores.reads.generations()).find(({ id }) => id === generation);
    if (found === undefined) throw notFound(`Generation ${generation}`, 'GET /v1/generations lists those that are.');
    return found;
  }

  /** @throws Problem while something else is being built */
  private async oneAtATime<T>(reason: string, work: (builds: ReadModelBuilds) => Promise<T>): Promise<T> {
    if (this.working !== undefined)
      throw busy(
        'build-under-way',
        `Another build or verification is under way (${this.working.reason}).`,
        'Try again when it is done.',
        10,
      );
    const working: Working = { reason, stop: new AbortController() };
    this.working = working;
    try {
      const { signal } = working.stop;
      return await work(this.builds.steered({ signal, onProgress: (progress) => (working.progress = progress) }));
    } catch (error) {
      if (error instanceof Stopped) throw new Problem({ status: 409, code: 'stopped', detail: error.message });
      throw error;
    } finally {
      this.working = undefined;
    }
  }
}

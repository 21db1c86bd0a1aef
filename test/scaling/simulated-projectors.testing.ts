import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chance } from '../../libs/demo/random.js';
import { SHARDS, shardOf } from '../../libs/event-sourcing/shard.js';
import { Leases } from '../../libs/ledger/leases.js';
import { SqliteLedger } from '../../libs/ledger/sqlite/sqlite-ledger.js';
import { LEASE_MS, RENEW_EVERY_MS } from '../../libs/platform/stores/turn.js';
import { SharedShards } from '../../libs/replay/follow/shared-shards.js';

export interface Scenario {
  readonly seed: number;
  readonly projectors: number;
  /** Events that come in each second. */
  readonly offered: number;
  /** Events that one projector folds in a second. */
  readonly folds: number;
}

export interface Outcome {
  /** The load of the busiest projector, as a multiple of an equal share. */
  readonly busiest: number;
  /** The age in seconds of the oldest waiting event: with all projectors, and after the loss of one. */
  readonly lagBefore: number;
  readonly lagAfterLoss: number;
  /** Seconds from the loss until no event had waited for a second; undefined: not by the end. */
  readonly recoveredAfter: number | undefined;
  /** How often two projectors folded a shard at a time, which the read store's guard must correct. */
  readonly foldedByTwo: number;
  readonly folded: number;
  readonly came: number;
}

const LASTS_S = 300;
/** From then on no events come, so that projectors can catch up. */
const COMES_UNTIL_S = 270;
const LOST_AT_S = 60;
const RENEW_EVERY_S = RENEW_EVERY_MS / 1_000;
/** By then the projectors have divided the shards. */
const SETTLED_S = 20;
const CUSTOMERS = 100_000;
/** Some customers have far more events than others: the n-th in proportion to 1 / (n + FLATTENED). */
const FLATTENED = 200;
const START = Date.parse('2031-05-05T09:00:00.000Z');

/**
 * Simulates five minutes of projectors that divide the shards by their real leases, on simulated time. One crashes.
 * Customers differ in how busy they are, and events wait in order.
 */
export async function simulate(scenario: Scenario): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'amends-scaling-'));
  const ledger = SqliteLedger.open({ path: join(folder, 'ledger.db'), mode: 'write' });
  try {
    return await new Simulation(scenario, ledger).run();
  } finally {
    await ledger.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Simulation {
  private readonly draw: () => number;
  /** By shard: the seconds in which its waiting events came, oldest first, and how many of each are left. */
  private readonly waiting = Array.from({ length: SHARDS }, () => [] as { second: number; left: number }[]);
  private readonly projectors: { readonly sharing: SharedShards; shards: readonly number[]; renewsAt: number }[];
  private readonly given: number[];

  constructor(
    private readonly scenario: Scenario,
    ledger: SqliteLedger,
  ) {
    this.draw = customersDrawn(new Chance(scenario.seed));
    this.projectors = Array.from({ length: scenario.projectors }, (_, n) => ({
      sharing: new SharedShards(new Leases(ledger, `projector-${n}`, LEASE_MS), 'projector'),
      shards: [],
      renewsAt: n % RENEW_EVERY_S,
    }));
    this.given = this.projectors.map(() => 0);
  }

  async run(): Promise<Outcome> {
    let [lagBefore, lagAfterLoss, foldedByTwo, folded, came] = [0, 0, 0, 0, 0];
    let recoveredAt: number | undefined;
    for (let second = 0; second < LASTS_S; second++) {
      if (second === LOST_AT_S) this.projectors.shift();
      await this.renew(second);
      if (second < COMES_UNTIL_S) came += this.come(second);
      const owners = this.projectors.flatMap(({ shards }) => shards);
      foldedByTwo += owners.length - new Set(owners).size;
      folded += this.fold(second);
      const lag = this.lag(second);
      if (second >= LOST_AT_S) {
        lagAfterLoss = Math.max(lagAfterLoss, lag);
        recoveredAt = lag === 0 ? (recoveredAt ?? second) : undefined;
      } else if (second >= SETTLED_S) lagBefore = Math.max(lagBefore, lag);
    }
    return {
      busiest: (Math.max(...this.given) * this.given.length) / this.given.reduce((sum, some) => sum + some, 0),
      lagBefore,
      lagAfterLoss,
      recoveredAfter: recoveredAt === undefined ? undefined : recoveredAt - LOST_AT_S,
      foldedByTwo,
      folded,
      came,
    };
  }

  private async renew(second: number): Promise<void> {
    for (const projector of this.projectors)
      if (second % RENEW_EVERY_S === projector.renewsAt)
        projector.shards = await projector.sharing.renew(new Date(START + second * 1_000));
  }

  private come(second: number): number {
    const byShard = new Map<number, number>();
    for (let n = 0; n < this.scenario.offered; n++) {
      const shard = this.draw();
      byShard.set(shard, (byShard.get(shard) ?? 0) + 1);
    }
    for (const [shard, left] of byShard) this.waiting[shard]?.push({ second, left });
    if (second >= SETTLED_S && second < LOST_AT_S)
      for (const [n, { shards }] of this.projectors.entries())
        this.given[n] = shards.reduce((sum, shard) => sum + (byShard.get(shard) ?? 0), this.given[n] ?? 0);
    return this.scenario.offered;
  }

  /** Each projector folds the oldest events of its shards first, in the order of history. */
  private fold(upTo: number): number {
    let folded = 0;
    for (const { shards } of this.projectors) {
      let left = this.scenario.folds;
      const mine = shards.flatMap((shard) => this.waiting[shard] ?? []).toSorted((a, b) => a.second - b.second);
      for (const some of mine) {
        if (left === 0 || some.second > upTo) break;
        const taken = Math.min(left, some.left);
        some.left -= taken;
        left -= taken;
        folded += taken;
      }
    }
    for (const queue of this.waiting) while (queue[0]?.left === 0) queue.shift();
    return folded;
  }

  private lag(second: number): number {
    return Math.max(0, ...this.waiting.map(([oldest]) => (oldest === undefined ? 0 : second - oldest.second)));
  }
}

/** Draws the shard of a customer, busy ones more often, by the inverse of the cumulative weights. */
function customersDrawn(chance: Chance): () => number {
  const shards = new Map<number, number>();
  const span = Math.log((CUSTOMERS + FLATTENED) / FLATTENED);
  return () => {
    const customer = Math.floor(FLATTENED * Math.exp(chance.next() * span) - FLATTENED);
    const shard = shards.get(customer) ?? shardOf(`customer-${customer}`);
    shards.set(customer, shard);
    return shard;
  };
}

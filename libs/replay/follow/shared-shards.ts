import { SHARDS } from '../../event-sourcing/shard.js';
import type { Leases } from '../../ledger/leases.js';

/** Shards are shared in slices: a lease each would be 256 writes a round. */
const SLICES = 16;
const SLICE_SIZE = SHARDS / SLICES;

/**
 * The shards that one of several projectors folds: as many as fall to each, taken by leases, so that those of a lost
 * one are taken over when its leases run out. Should two fold a shard for a moment, the read store keeps what is further.
 */
export class SharedShards {
  private mine: readonly number[] = [];

  constructor(
    private readonly leases: Leases,
    private readonly of: string,
  ) {}

  /** To be called several times within a lease's time. Resolves to the shards to fold from now on. */
  async renew(now: Date): Promise<readonly number[]> {
    const { leases, of } = this;
    await leases.take(`${of}-member/${leases.holder}`, now);
    await leases.sweep(`${of}-member/`, now);
    const members = (await leases.held(`${of}-member/`, now)).size;
    const fair = Math.ceil(SLICES / Math.max(1, members));
    const kept: number[] = [];
    for (const slice of this.mine) {
      if (kept.length === fair) await leases.release(this.name(slice));
      else if (await leases.take(this.name(slice), now)) kept.push(slice);
    }
    const held = await leases.held(`${of}-slice/`, now);
    for (let slice = 0; slice < SLICES && kept.length < fair; slice++)
      if (!held.has(this.name(slice)) && (await leases.take(this.name(slice), now))) kept.push(slice);
    this.mine = kept.toSorted((a, b) => a - b);
    return this.mine.flatMap((slice) => Array.from({ length: SLICE_SIZE }, (_, at) => slice * SLICE_SIZE + at));
  }

  /** For the others to take at once. */
  async leave(): Promise<void> {
    for (const slice of this.mine) await this.leases.release(this.name(slice));
    await this.leases.release(`${this.of}-member/${this.leases.holder}`);
    this.mine = [];
  }

  private name(slice: number): string {
    return `${this.of}-slice/${String(slice).padStart(2, '0')}`;
  }
}

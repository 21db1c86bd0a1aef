import { SHARDS } from '../../event-sourcing/shard.js';
import type { Leases } from '../../ledger/leases.js';

/** Leases cover slices of shards: a lease for each shard would cost 256 writes a round. */
const SLICES = 16;
const SLICE_SIZE = SHARDS / SLICES;

/**
 * Divides the shards among several projectors by leases. When a projector is lost, its leases run out and the others
 * take its shards over. If two projectors fold a shard for a moment, the read store keeps the later position.
 */
export class SharedShards {
  private mine: readonly number[] = [];

  constructor(
    private readonly leases: Leases,
    private readonly of: string,
  ) {}

  /** Call it several times within the term of a lease. Resolves to the shards to fold from now on. */
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

  /** Releases all leases, so that the others can take the shards at once. */
  async leave(): Promise<void> {
    for (const slice of this.mine) await this.leases.release(this.name(slice));
    await this.leases.release(`${this.of}-member/${this.leases.holder}`);
    this.mine = [];
  }

  private name(slice: number): string {
    return `${this.of}-slice/${String(slice).padStart(2, '0')}`;
  }
}

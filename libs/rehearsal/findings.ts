import type { AnyReadModel } from '../read-models/read-models.js';
import type { Group } from '../read-store/read-store.js';
import { digested, ShardDigest } from '../replay/digest/digest.js';
import type { Shown } from '../event-sourcing/projection.js';
import type { Lines } from '../replay/digest/fast/lines.js';
import { shapesOf } from '../replay/fold/projections.js';
import { GroupCounter } from './group-counter.js';
import { TOTALLED, type Totalled, type TotalQuery } from './totals.js';

/** What one read model shows under one rule book: a digest for each shard, and its groups if totals need them. */
export class ModelFindings {
  readonly digests = new Map<number, string>();
  readonly #digest: ShardDigest;
  readonly #counter: GroupCounter | undefined;
  readonly #summed: GroupCounter | undefined;

  /** @param lines both sides share them: documents that are equal on both sides are written once */
  constructor(
    private readonly query: TotalQuery | undefined,
    lines: Lines,
  ) {
    this.#digest = new ShardDigest(lines);
    this.#counter = query && new GroupCounter(query);
    this.#summed = query && sumOf(query);
  }

  add([id, document]: Shown): void {
    this.#counter?.add(document);
    this.#digest.add(id, document);
  }

  /** Call it after adding the last document of a shard. */
  end(shard: number): void {
    const digest = this.#digest.take();
    if (digest !== undefined) this.digests.set(shard, digest);
    const { query } = this;
    if (!query?.summing || !this.#counter) return;
    this.#summed?.merge(query.summing.sum(this.#counter.take()));
  }

  get groups(): readonly Group[] {
    return (this.query?.summing ? this.#summed : this.#counter)?.result() ?? [];
  }
}

/** Adds up groups of several shards or shares. */
export const sumOf = (query: TotalQuery): GroupCounter =>
  new GroupCounter(query.summing ? { ...query, by: [query.summing.by] } : query);

/** The findings of all read models under one rule book. */
export interface SideFindings {
  readonly groups: Readonly<Record<Totalled, readonly Group[]>>;
  readonly digests: ReadonlyMap<string, ReadonlyMap<number, string>>;
}

export function sideFindings(
  models: ReadonlyMap<string, ModelFindings>,
  projections: readonly AnyReadModel[],
): SideFindings {
  const groups = Object.fromEntries(TOTALLED.map((name) => [name, models.get(name)?.groups ?? []]));
  const digests = digested(shapesOf(projections)).map(
    ({ name }) => [name, models.get(name)?.digests ?? new Map<number, string>()] as const,
  );
  return { groups: groups as SideFindings['groups'], digests: new Map(digests) };
}

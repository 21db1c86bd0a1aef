import type { AnyReadModel } from '../read-models/read-models.js';
import type { Group } from '../read-store/read-store.js';
import { digested, ShardDigest } from '../replay/digest/digest.js';
import type { Document, Shown } from '../event-sourcing/projection.js';
import type { Lines } from '../replay/digest/fast/lines.js';
import { shapesOf } from '../replay/fold/projections.js';
import { GroupCounter } from './group-counter.js';
import { TOTALLED, type Totalled, type TotalQuery } from './totals.js';

/** What one read model shows under one rule book: a digest for each shard, and its groups if totals need them. */
export class ModelFindings {
  readonly digests = new Map<number, string>();
  readonly #digest: ShardDigest;
  readonly #counter: GroupCounter | undefined;
  #together: Document[] = [];

  /** @param lines both sides share them: documents that are equal on both sides are written once */
  constructor(
    private readonly query: TotalQuery | undefined,
    lines: Lines,
  ) {
    this.#digest = new ShardDigest(lines);
    this.#counter = query && new GroupCounter(query);
  }

  add([id, document]: Shown): void {
    if (this.query?.among) this.#together.push(document);
    else this.#counter?.add(document);
    this.#digest.add(id, document);
  }

  /** Call it after adding the last document of a shard. */
  end(shard: number): void {
    const digest = this.#digest.take();
    if (digest !== undefined) this.digests.set(shard, digest);
    if (!this.query?.among) return;
    this.#counter?.addTogether(this.#together, this.query.among);
    this.#together = [];
  }

  get groups(): readonly Group[] {
    return this.#counter?.result() ?? [];
  }
}

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

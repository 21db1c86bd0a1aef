import type { AnyReadModel } from '../read-models/read-models.js';
import type { Group, GroupQuery } from '../read-store/read-store.js';
import { digested, ShardDigest } from '../replay/digest/digest.js';
import type { Folded } from '../replay/fold/fold-whole.js';
import type { Lines } from '../replay/digest/fast/lines.js';
import { shapesOf } from '../replay/fold/projections.js';
import { GroupCounter } from './group-counter.js';
import { TOTALLED, type Totalled } from './totals.js';

/** What one read model says on one side: its groups, where totals are counted from it, and its digests. */
export class Said {
  readonly digests = new Map<number, string>();
  readonly #digest: ShardDigest;
  readonly #counter: GroupCounter | undefined;

  /** The lines are those of both sides. */
  constructor(query: GroupQuery | undefined, lines: Lines) {
    this.#digest = new ShardDigest(lines);
    this.#counter = query && new GroupCounter(query);
  }

  add([id, document]: Folded): void {
    this.#counter?.add(document);
    this.#digest.add(id, document);
  }

  /** All of the shard was added. */
  end(shard: number): void {
    const digest = this.#digest.take();
    if (digest !== undefined) this.digests.set(shard, digest);
  }

  get groups(): readonly Group[] {
    return this.#counter?.result() ?? [];
  }
}

/** Of one side: its groups, and for each read model the digest of each shard. */
export interface SideFound {
  readonly groups: Readonly<Record<Totalled, readonly Group[]>>;
  readonly digests: ReadonlyMap<string, ReadonlyMap<number, string>>;
}

export function sideFound(said: ReadonlyMap<string, Said>, projections: readonly AnyReadModel[]): SideFound {
  const groups = Object.fromEntries(TOTALLED.map((name) => [name, said.get(name)?.groups ?? []]));
  const digests = digested(shapesOf(projections)).map(
    ({ name }) => [name, said.get(name)?.digests ?? new Map<number, string>()] as const,
  );
  return { groups: groups as SideFound['groups'], digests: new Map(digests) };
}

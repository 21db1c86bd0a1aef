import { createHash, type Hash } from 'node:crypto';
import type { Document } from '../../event-sourcing/projection.js';
import type { CollectionShape, GenerationChoice, ReadStore } from '../../read-store/read-store.js';
import { isInOrder, sortById } from './fast/id-order.js';
import { Lines } from './fast/lines.js';
import { Utf8Writer } from './fast/utf8-writer.js';

export interface ReadModelDigest {
  readonly digest: string;
  /** For each shard that has documents: SHA-256 over its lines in key order. */
  readonly shards: ReadonlyMap<number, string>;
  readonly count: number;
}

/** SHA-256 over the lines "shard, its digest", in shard order. Workers can digest shards in parallel. */
export function digestOfShards(shards: ReadonlyMap<number, string>): string {
  const hash = createHash('sha256');
  for (const [shard, digest] of [...shards].toSorted(([one], [other]) => one - other))
    hash.update(`${shard}, ${digest}\n`);
  return hash.digest('hex');
}

/** Digests a shard whose documents come in any order: SHA-256 over their lines in key order. */
export class ShardDigest {
  readonly #bytes = new Utf8Writer();
  #ids: string[] = [];
  /** The end of each document's line in the bytes. */
  #ends: number[] = [];
  #isInOrder = true;

  /** @param lines digests of similar documents share it, which saves most of the work */
  constructor(private readonly lines: Lines) {}

  add(id: string, document: Document): void {
    this.#isInOrder &&= isInOrder(this.#ids.at(-1) ?? '', id);
    this.lines.add({ id, document }, this.#bytes);
    this.#ids.push(id);
    this.#ends.push(this.#bytes.length);
  }

  /** The digest of the documents added since the last call; undefined if there are none. */
  take(): string | undefined {
    const [ids, ends] = [this.#ids, this.#ends];
    if (ids.length === 0) return undefined;
    const bytes = this.#bytes.take();
    const hash = createHash('sha256');
    if (this.#isInOrder) hash.update(bytes);
    else
      for (const [, at] of sortById(ids.map((id, at) => [id, at] as const)))
        hash.update(bytes.subarray(ends[at - 1] ?? 0, ends[at]));
    [this.#ids, this.#ends, this.#isInOrder] = [[], [], true];
    return hash.digest('hex');
  }
}

/** Digests a stored read model in one pass. */
export async function digestReadModel(
  reads: Pick<ReadStore, 'scan'>,
  name: string,
  generation: GenerationChoice,
): Promise<ReadModelDigest> {
  const hashes = new Map<number, Hash>();
  const [lines, bytes] = [new Lines(), new Utf8Writer()];
  let count = 0;
  for await (const batch of reads.scan(name, { generation })) {
    for (const stored of batch) {
      let hash = hashes.get(stored.shard);
      if (!hash) hashes.set(stored.shard, (hash = createHash('sha256')));
      lines.add(stored, bytes);
      hash.update(bytes.take());
      count++;
    }
  }
  const shards = new Map([...hashes].map(([shard, hash]) => [shard, hash.digest('hex')]));
  return { digest: digestOfShards(shards), shards, count };
}

export interface BuildDigest {
  /** SHA-256 over the lines "name, digest" of all read models, sorted by name. */
  readonly digest: string;
  readonly readModels: Readonly<Record<string, string>>;
}

/** The same history and rules give the same digest, on any store, with any number of workers, however they were folded. */
export async function digestBuild(reads: ReadStore, generation: GenerationChoice = 'live'): Promise<BuildDigest> {
  const build =
    generation === 'live' ? await reads.live() : (await reads.generations()).find(({ id }) => id === generation);
  if (!build) throw new Error(`There is no generation ${generation} to take the digest of.`);
  const readModels: Record<string, string> = {};
  for (const { name } of digested(build.collections))
    readModels[name] = (await digestReadModel(reads, name, build.id)).digest;
  return { digest: digestOf(readModels), readModels };
}

/** The read models that a build's digest covers, sorted by name. */
export const digested = (collections: readonly CollectionShape[]): readonly CollectionShape[] =>
  collections
    .filter(({ internal, undigested }) => !internal && !undigested)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));

export const digestOf = (readModels: Readonly<Record<string, string>>): string => {
  const hash = createHash('sha256');
  for (const name of Object.keys(readModels).toSorted()) hash.update(`${name}, ${readModels[name]}\n`);
  return hash.digest('hex');
};

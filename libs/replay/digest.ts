import { createHash, type Hash } from 'node:crypto';
import { isSealed } from '../event-sourcing/sealed.js';
import type { CollectionShape, GenerationChoice, ReadStore, StoredDocument } from '../read-store/read-store.js';

/** Of when and where a build was made, and not of what it says. */
const LEFT_OUT: ReadonlySet<string> = new Set(['position', 'recordedAt', 'generation', 'timeZoneData']);

/**
 * Canonical JSON (RFC 8785) of what of a document counts: without what differs from build to build, sealed fields by
 * where they were stored. Written out because every document of every digest goes through it: three times as fast as
 * copying it for a library to sort.
 */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) {
    let list = '';
    for (const one of value) list += list === '' ? canonical(one) : `,${canonical(one)}`;
    return `[${list}]`;
  }
  if (isSealed(value)) return `{"event":${JSON.stringify(value.event)},"field":${JSON.stringify(value.field)}}`;
  let members = '';
  for (const [key, quoted] of inOrder(Object.keys(value))) {
    const one = (value as Readonly<Record<string, unknown>>)[key];
    if (one !== undefined) members += members === '' ? quoted + canonical(one) : `,${quoted}${canonical(one)}`;
  }
  return `{${members}}`;
}

const orders = new Map<string, readonly (readonly [key: string, quoted: string])[]>();
const MOST_ORDERS = 10_000;
const JOINT = '\n';

/** The keys that count, sorted and quoted: once for each kind of object, because documents are of few kinds. */
function inOrder(keys: readonly string[]): readonly (readonly [key: string, quoted: string])[] {
  // Told apart by their number, too: keys that hold the joint are never kept, and never found for others.
  const kind = `${keys.length}${JOINT}${keys.join(JOINT)}`;
  let order = orders.get(kind);
  if (order) return order;
  order = keys
    .filter((key) => !LEFT_OUT.has(key))
    .toSorted()
    .map((key) => [key, `${JSON.stringify(key)}:`] as const);
  if (orders.size >= MOST_ORDERS) orders.clear();
  if (!keys.some((key) => key.includes(JOINT))) orders.set(kind, order);
  return order;
}

/** One document as it is hashed: its id and content, ended by a line feed. */
export const digestLine = ({ id, document }: Pick<StoredDocument, 'id' | 'document'>): string =>
  `[${JSON.stringify(id)},${canonical(document)}]\n`;

export interface ReadModelDigest {
  readonly digest: string;
  /** Of each shard that has documents. */
  readonly shards: ReadonlyMap<number, string>;
  readonly count: number;
}

/** SHA-256 over a read model's documents in key order, for all and shard by shard, in one pass. */
export async function digestReadModel(
  reads: Pick<ReadStore, 'scan'>,
  name: string,
  generation: GenerationChoice,
): Promise<ReadModelDigest> {
  const all = createHash('sha256');
  const shards = new Map<number, Hash>();
  let count = 0;
  for await (const batch of reads.scan(name, { generation })) {
    for (const stored of batch) {
      const line = digestLine(stored);
      all.update(line);
      let shard = shards.get(stored.shard);
      if (!shard) shards.set(stored.shard, (shard = createHash('sha256')));
      shard.update(line);
      count++;
    }
  }
  return {
    digest: all.digest('hex'),
    shards: new Map([...shards].map(([at, hash]) => [at, hash.digest('hex')])),
    count,
  };
}

export interface BuildDigest {
  /** SHA-256 over the lines "name, digest" of all read models, sorted by name. */
  readonly digest: string;
  readonly readModels: Readonly<Record<string, string>>;
}

/** The same for the same history and rules: on any store, with any number of workers, after any road there. */
export async function digestBuild(reads: ReadStore, generation: GenerationChoice = 'live'): Promise<BuildDigest> {
  const build =
    generation === 'live' ? await reads.live() : (await reads.generations()).find(({ id }) => id === generation);
  if (!build) throw new Error(`There is no generation ${generation} to take the digest of.`);
  const readModels: Record<string, string> = {};
  for (const { name } of digested(build.collections))
    readModels[name] = (await digestReadModel(reads, name, build.id)).digest;
  return { digest: digestOf(readModels), readModels };
}

/** The read models that a digest is over, sorted by name. */
export const digested = (collections: readonly CollectionShape[]): readonly CollectionShape[] =>
  collections
    .filter(({ internal, undigested }) => !internal && !undigested)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));

export const digestOf = (readModels: Readonly<Record<string, string>>): string => {
  const hash = createHash('sha256');
  for (const name of Object.keys(readModels).toSorted()) hash.update(`${name}, ${readModels[name]}\n`);
  return hash.digest('hex');
};

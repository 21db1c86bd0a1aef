import { createHash, type Hash } from 'node:crypto';
import { isSealed } from '../event-sourcing/sealed.js';
import type { CollectionShape, GenerationChoice, ReadStore, StoredDocument } from '../read-store/read-store.js';

/** Of when and where a build was made, and not of what it says. */
const LEFT_OUT: ReadonlySet<string> = new Set(['position', 'recordedAt', 'generation', 'timeZoneData']);

/**
 * What is known of the objects that stand at one place of a kind of document: their names as they come, and the order
 * in which those that count are written. Objects of one place mostly have the same names, so they are sorted once.
 */
interface Place {
  names: readonly string[];
  order: readonly (readonly [name: string, quoted: string, place: Place])[];
  /** Of the elements, where arrays stand. */
  elements: Place | undefined;
}

const place = (): Place => ({ names: [], order: [], elements: undefined });

const inOrder = (names: readonly string[]): Place['order'] =>
  names
    .filter((name) => !LEFT_OUT.has(name))
    .toSorted()
    .map((name) => [name, `${JSON.stringify(name)}:`, place()] as const);

const sameNames = (one: readonly string[], other: readonly string[]): boolean => {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
};

/**
 * Canonical JSON (RFC 8785) of what of a document counts: without what differs from build to build, sealed fields by
 * where they were stored. Written out because every document of every digest goes through it: several times as fast as
 * copying it for a library to sort.
 */
function canonical(value: unknown, at: Place): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    const of = (at.elements ??= place());
    let list = '';
    for (const one of value) list += list === '' ? canonical(one, of) : `,${canonical(one, of)}`;
    return `[${list}]`;
  }
  if (isSealed(value)) return `{"event":${JSON.stringify(value.event)},"field":${JSON.stringify(value.field)}}`;
  const names = Object.keys(value);
  if (!sameNames(names, at.names)) Object.assign(at, { names, order: inOrder(names) });
  let members = '';
  for (const [name, quoted, of] of at.order) {
    const one = (value as Readonly<Record<string, unknown>>)[name];
    if (one !== undefined) members += members === '' ? quoted + canonical(one, of) : `,${quoted}${canonical(one, of)}`;
  }
  return `{${members}}`;
}

/** One document as it is hashed: its id and content, ended by a line feed. */
export type LineOf = (document: Pick<StoredDocument, 'id' | 'document'>) => string;

/** Writes out the documents of one read model, one after another. */
export const lineWriter = (): LineOf => {
  const at = place();
  return ({ id, document }) => `[${JSON.stringify(id)},${canonical(document, at)}]\n`;
};

export interface ReadModelDigest {
  readonly digest: string;
  /** Of each shard that has documents: SHA-256 over its lines in key order. */
  readonly shards: ReadonlyMap<number, string>;
  readonly count: number;
}

/**
 * SHA-256 over the lines "shard, its digest", in the order of shards. A shard is digested for itself, so any number of
 * workers may do so side by side.
 */
export function digestOfShards(shards: ReadonlyMap<number, string>): string {
  const hash = createHash('sha256');
  for (const [shard, digest] of [...shards].toSorted(([one], [other]) => one - other))
    hash.update(`${shard}, ${digest}\n`);
  return hash.digest('hex');
}

/** Of a read model that is stored, in one pass. */
export async function digestReadModel(
  reads: Pick<ReadStore, 'scan'>,
  name: string,
  generation: GenerationChoice,
): Promise<ReadModelDigest> {
  const hashes = new Map<number, Hash>();
  const lineOf = lineWriter();
  let count = 0;
  for await (const batch of reads.scan(name, { generation })) {
    for (const stored of batch) {
      let hash = hashes.get(stored.shard);
      if (!hash) hashes.set(stored.shard, (hash = createHash('sha256')));
      hash.update(lineOf(stored));
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

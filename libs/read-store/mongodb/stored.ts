import { BSON } from 'mongodb';
import type { Document } from '../../event-sourcing/projection.js';
import { declaredTypes } from '../declared-types.js';
import type { CollectionShape, Flush, StoredDocument } from '../read-store.js';
import { type Stead, wholeDocument } from '../whole-document.js';

type Write = Flush['writes'][number];

/**
 * A document in MongoDB: its fields as they are, for analysts, and Amends' own data under one name.
 * Never reuse a field's name for another meaning.
 */
export interface Stored {
  readonly _id: string;
  readonly amends: {
    readonly generation: number;
    readonly shard: number;
    readonly position: string;
    /** False for a removed document, which stays so that a late batch can't bring it back. */
    readonly shown: boolean;
    /** The document as JSON text, if MongoDB can't hold it as it is. Declared fields are stored as well. */
    readonly text?: string;
  };
  readonly [field: string]: unknown;
}

export const storedName = (field: string): string => (field === 'id' ? '_id' : field);

/** MongoDB limits nesting to 100 levels, including Amends' own. */
const DEEPEST = 90;

/** @throws TypeError for a wrong type, because filters would silently miss it */
export const storedFrom = (
  generation: number,
  shape: Pick<CollectionShape, 'name' | 'fields'>,
  write: Write,
): Stored => {
  const { id, shard, position, document } = write;
  if (id === '') throw new TypeError(`A document of ${shape.name} has an empty id. Fix the projection.`);
  if (document === null) return { _id: id, amends: { generation, shard, position, shown: false } };
  declaredTypes(shape)(id, document);
  const text = JSON.stringify(document);
  const plain = JSON.parse(text) as Document;
  const amends = { generation, shard, position, shown: true };
  if (fits(plain, 0) && !('_id' in plain) && !('amends' in plain)) return { _id: id, amends, ...plain };
  const declared = Object.keys(shape.fields).filter((field) => Object.hasOwn(plain, field));
  return {
    _id: id,
    amends: { ...amends, text },
    ...Object.fromEntries(declared.map((field) => [field, plain[field]])),
  };
};

export const storedDocumentFrom = (stored: Stored, stead: Stead): StoredDocument => ({
  id: stored._id,
  shard: stored.amends.shard,
  position: stored.amends.position,
  document: documentFrom(stored, stead),
});

export const documentFrom = ({ _id, amends, ...document }: Stored, stead: Stead): Document =>
  amends.text === undefined ? document : wholeDocument(amends.text, _id, stead);

/**
 * MongoDB before 5.0 refuses names that start with $ and treats dots as paths; no name may contain a zero; the driver
 * treats an object with a _bsontype as one of its own.
 */
const AWKWARD_NAME = /^\$|^$|[.\0]|^__proto__$|^_bsontype$/;

const fits = (value: unknown, depth: number): boolean => {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  if (depth > DEEPEST) return false;
  if (Array.isArray(value)) return value.every((one) => fits(one, depth + 1));
  return Object.entries(value).every(([name, one]) => !AWKWARD_NAME.test(name) && fits(one, depth + 1));
};

/** MongoDB accepts 16 MiB per document; the rest is for the write's own fields. */
const LARGEST_BYTES = 16 * 1024 * 1024 - 64 * 1024;

/** @throws TypeError if MongoDB can't hold the document, because it would refuse the whole batch */
export function refuseTooLarge(shape: Pick<CollectionShape, 'name' | 'fields'>, id: string, document: Document): void {
  if (atMost(document) <= LARGEST_BYTES) return;
  const stored = storedFrom(0, shape, { collection: shape.name, id, shard: 0, position: '', document });
  const bytes = BSON.calculateObjectSize(stored);
  if (bytes > LARGEST_BYTES)
    throw new TypeError(
      `${shape.name} ${id} takes ${bytes} bytes, and MongoDB holds ${LARGEST_BYTES} in one document. The old document stays.`,
    );
}

/** Bytes of a value besides its text: type, length, number. */
const OVERHEAD = 32;
/** Of an escaped code unit. */
const MOST_BYTES = 6;

/** An upper bound of its size. It makes no copy, because it runs for every document. */
const atMost = (value: unknown): number => {
  if (typeof value === 'string') return OVERHEAD + MOST_BYTES * value.length;
  if (typeof value !== 'object' || value === null) return OVERHEAD;
  let bytes = OVERHEAD;
  if (Array.isArray(value)) for (const one of value) bytes += atMost(one);
  else for (const [name, one] of Object.entries(value)) bytes += MOST_BYTES * name.length + atMost(one);
  return bytes;
};

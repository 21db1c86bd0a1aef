import { BSON } from 'mongodb';
import type { Document } from '../../event-sourcing/projection.js';
import type { CollectionShape } from '../read-store.js';
import { storedFrom } from './stored.js';

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

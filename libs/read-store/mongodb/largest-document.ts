import { BSON } from 'mongodb';
import type { Document } from '../../event-sourcing/projection.js';
import type { CollectionShape } from '../read-store.js';
import { storedFrom } from './stored.js';

/** MongoDB takes 16 MiB a document; a write of it names it a second time, and where it must stand. */
const LARGEST_BYTES = 16 * 1024 * 1024 - 64 * 1024;

/** @throws TypeError where MongoDB can't hold the document: it would refuse all that is written with it. */
export function refuseTooLarge(shape: Pick<CollectionShape, 'name' | 'fields'>, id: string, document: Document): void {
  if (atMost(document) <= LARGEST_BYTES) return;
  const stored = storedFrom(0, shape, { collection: shape.name, id, shard: 0, position: '', document });
  const bytes = BSON.calculateObjectSize(stored);
  if (bytes > LARGEST_BYTES)
    throw new TypeError(
      `${shape.name} ${id} takes ${bytes} bytes, and MongoDB holds ${LARGEST_BYTES} in one document. It stays as it was before.`,
    );
}

/** A name, a length and a type, or a number, beside what is said. */
const OVERHEAD = 32;
/** A code unit of text, escaped. */
const MOST_BYTES = 6;

/** What it takes at most, however it is stored: told without a copy of it, as it is asked of every document. */
const atMost = (value: unknown): number => {
  if (typeof value === 'string') return OVERHEAD + MOST_BYTES * value.length;
  if (typeof value !== 'object' || value === null) return OVERHEAD;
  let bytes = OVERHEAD;
  if (Array.isArray(value)) for (const one of value) bytes += atMost(one);
  else for (const [name, one] of Object.entries(value)) bytes += MOST_BYTES * name.length + atMost(one);
  return bytes;
};

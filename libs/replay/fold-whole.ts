import type { AnyProjection, Document } from '../event-sourcing/projection.js';
import type { EventsToFold } from './events-to-fold.js';
import { ProjectionFold } from './projection-fold.js';

/** A document with its id, in memory. */
export type Folded = readonly [id: string, document: Document];

/**
 * What a projection shows of whole shards, in the order of ids (of UTF-8 bytes, as stores have it): nothing is stored,
 * and nothing was before.
 * @throws what a projection threw that could not fold an event.
 */
export async function foldWhole<Inputs>(
  projection: AnyProjection<Inputs>,
  batch: EventsToFold,
  inputs: Inputs,
): Promise<readonly Folded[]> {
  if (batch.events.length === 0) return [];
  const fold = ProjectionFold.ofWhole(projection, batch);
  const { writes, parked } = await fold.fold(batch, inputs);
  for (const { error } of parked) throw error;
  const shown: [id: string, document: Document][] = [];
  for (const { collection, id, document } of writes)
    if (collection === projection.name && document !== null) shown.push([id, document]);
  const ids = shown.map(([id]) => id).join('');
  // Where all are of ASCII, code units are in the order of bytes.
  return shown.sort(Buffer.byteLength(ids) === ids.length ? byCodeUnits : byId);
}

const byCodeUnits = ([one]: Folded, [other]: Folded): number => (one < other ? -1 : 1);
/** As stores have it: by UTF-8 bytes. */
export const byId = ([one]: Folded, [other]: Folded): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

import type { AnyProjection, Document } from '../event-sourcing/projection.js';
import type { EventsToFold } from './events-to-fold.js';
import { sortById } from './id-order.js';
import { ProjectionFold } from './projection-fold.js';

/** A document with its id, in memory. */
export type Folded = readonly [id: string, document: Document];

/**
 * What a projection shows of all events of its keys, in the order of ids: nothing is stored, and nothing was before.
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
  return sortById(shown);
}

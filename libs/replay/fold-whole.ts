import type { AnyProjection, Document } from '../event-sourcing/projection.js';
import type { EventsToFold } from './events-to-fold.js';
import { ProjectionFold } from './projection-fold.js';
import { evolversOf, restated } from './restated.js';

/** A document with its id, in memory. */
export type Folded = readonly [id: string, document: Document];

/**
 * What a projection shows of all events of its keys, in no order: nothing is stored, and nothing was before.
 * @throws what a projection threw that could not fold an event.
 */
export async function foldWhole<Inputs>(
  projection: AnyProjection<Inputs>,
  batch: EventsToFold,
  inputs: Inputs,
): Promise<Folded[]> {
  if (batch.events.length === 0) return [];
  return projection.ofOneStream ? ofStreams(projection, batch, inputs) : ofKeys(projection, batch, inputs);
}

/** Where all events of a key are of one stream, there is nothing to gather and nothing to remember. */
function ofStreams<Inputs>(projection: AnyProjection<Inputs>, { streams }: EventsToFold, inputs: Inputs): Folded[] {
  const { restate, documents } = projection;
  const evolvers = evolversOf(projection);
  const restating: ReadonlySet<string> = new Set(restate?.on);
  const shown: Folded[] = [];
  for (const events of streams) {
    const first = events.find(({ type }) => evolvers.has(type) || restating.has(type));
    const key = first && projection.key(first as never);
    if (key === undefined) continue;
    let fact: object | undefined;
    let told = 0;
    for (const event of events) {
      if (restating.has(event.type)) fact = restated(projection, evolvers, events.slice(0, told), event, inputs);
      else {
        const evolver = evolvers.get(event.type);
        if (evolver) fact = evolver(fact, event, inputs);
      }
      told++;
    }
    if (fact === undefined) continue;
    if (!documents) shown.push([key, fact as Document]);
    else for (const [id, document] of documents(fact as never, key, inputs)) shown.push([id, document]);
  }
  return shown;
}

async function ofKeys<Inputs>(
  projection: AnyProjection<Inputs>,
  batch: EventsToFold,
  inputs: Inputs,
): Promise<Folded[]> {
  const { writes, parked } = await ProjectionFold.ofWhole(projection, batch).fold(batch, inputs);
  for (const { error } of parked) throw error;
  const shown: Folded[] = [];
  for (const { collection, id, document } of writes)
    if (collection === projection.name && document !== null) shown.push([id, document]);
  return shown;
}

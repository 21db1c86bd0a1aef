import type { AnyProjection, Document, Shown } from '../../event-sourcing/projection.js';
import type { EventsToFold } from './events-to-fold.js';
import { evolversOf, foldStream, typesReadBy } from './fold-stream.js';

/**
 * Folds a projection from all events of its keys, in memory, without a store. The documents have no order.
 * @throws what the projection throws if it can't fold an event.
 */
export function foldWhole<Inputs>(projection: AnyProjection<Inputs>, batch: EventsToFold, inputs: Inputs): Shown[] {
  const facts = projection.ofOneStream ? ofStreams(projection, batch, inputs) : ofKeys(projection, batch, inputs);
  const { documents } = projection;
  const shown: Shown[] = [];
  for (const [key, fact] of facts) {
    if (fact === undefined) continue;
    if (!documents) shown.push([key, fact as Document]);
    else for (const one of documents(fact as never, key, inputs)) shown.push(one);
  }
  return shown;
}

type Facts = Iterable<readonly [key: string, fact: object | undefined]>;

/** For projections whose keys read one stream each. */
function ofStreams<Inputs>(projection: AnyProjection<Inputs>, batch: EventsToFold, inputs: Inputs): Facts {
  const reads: ReadonlySet<string> = typesReadBy(projection);
  const facts: [string, object | undefined][] = [];
  for (const events of batch.streams) {
    const first = events.find(({ type }) => reads.has(type));
    const key = first && projection.key(first as never);
    if (first === undefined || key === undefined) continue;
    const read = batch.streamAsRead(first.stream, projection.reading);
    facts.push([key, foldStream(projection, read, inputs)]);
  }
  return facts;
}

function ofKeys<Inputs>(projection: AnyProjection<Inputs>, { events }: EventsToFold, inputs: Inputs): Facts {
  const evolvers = evolversOf(projection);
  const facts = new Map<string, object | undefined>();
  for (const event of events) {
    const evolver = evolvers.get(event.type);
    const key = evolver && projection.key(event as never);
    if (evolver && key !== undefined) facts.set(key, evolver(facts.get(key), event, inputs));
  }
  return facts;
}

import type { Recorded } from '../../event-sourcing/event.js';
import type { AnyProjection } from '../../event-sourcing/projection.js';
import { typesOf } from './projections.js';

/** Applies one type of event to a fact. The projection's declaration checked the types, which are opaque here. */
export type Evolver<Inputs> = (fact: object | undefined, event: Recorded, inputs: Inputs) => object | undefined;

const known = new WeakMap<object, ReadonlyMap<string, Evolver<never>>>();

export function evolversOf<Inputs>({
  evolve,
}: Pick<AnyProjection<Inputs>, 'evolve'>): ReadonlyMap<string, Evolver<Inputs>> {
  let evolvers = known.get(evolve) as ReadonlyMap<string, Evolver<Inputs>> | undefined;
  if (!evolvers) known.set(evolve, (evolvers = new Map(Object.entries(evolve) as [string, Evolver<Inputs>][])));
  return evolvers;
}

const typesRead = new WeakMap<object, ReadonlySet<string>>();

/** The types of events that a projection reads. */
export function typesReadBy<Inputs>(projection: AnyProjection<Inputs>): ReadonlySet<string> {
  let types = typesRead.get(projection);
  if (!types) typesRead.set(projection, (types = new Set(typesOf([projection]))));
  return types;
}

/** The fact of a stream, from all of its events as the projection reads them. */
export function foldStream<Inputs>(
  { evolve }: Pick<AnyProjection<Inputs>, 'evolve'>,
  read: readonly Recorded[],
  inputs: Inputs,
): object | undefined {
  const evolvers = evolversOf({ evolve });
  let fact: object | undefined;
  for (const event of read) {
    const evolver = evolvers.get(event.type);
    if (evolver) fact = evolver(fact, event, inputs);
  }
  return fact;
}

import type { Recorded } from '../../event-sourcing/event.js';
import type { AnyProjection } from '../../event-sourcing/projection.js';

/** Applies one type of event to a fact. The projection's declaration checked the types, which are opaque here. */
export type Evolver<Inputs> = (fact: object | undefined, event: Recorded, inputs: Inputs) => object | undefined;

const known = new WeakMap<object, ReadonlyMap<string, Evolver<never>>>();

export function evolversOf<Inputs>({ evolve }: AnyProjection<Inputs>): ReadonlyMap<string, Evolver<Inputs>> {
  let evolvers = known.get(evolve) as ReadonlyMap<string, Evolver<Inputs>> | undefined;
  if (!evolvers) known.set(evolve, (evolvers = new Map(Object.entries(evolve) as [string, Evolver<Inputs>][])));
  return evolvers;
}

/** Folds the fact again from its stream, after an event that changed what earlier events mean. */
export function restated<Inputs>(
  { restate }: AnyProjection<Inputs>,
  evolvers: ReadonlyMap<string, Evolver<Inputs>>,
  earlier: readonly Recorded[],
  event: Recorded,
  inputs: Inputs,
): object | undefined {
  const stream: readonly Recorded[] = [...earlier, event];
  let fact: object | undefined;
  for (const one of restate?.asRead(stream as readonly never[]) ?? [])
    fact = evolvers.get(one.type)?.(fact, one, inputs) ?? fact;
  const last = evolvers.get(event.type);
  return last ? last(fact, event, inputs) : fact;
}

import type { Recorded } from '../../event-sourcing/event.js';
import type { AnyProjection } from '../../event-sourcing/projection.js';

/** What an event of one type does to a fact. A projection's own types were checked where it was declared: here they are opaque. */
export type Evolver<Inputs> = (fact: object | undefined, event: Recorded, inputs: Inputs) => object | undefined;

const known = new WeakMap<object, ReadonlyMap<string, Evolver<never>>>();

export function evolversOf<Inputs>({ evolve }: AnyProjection<Inputs>): ReadonlyMap<string, Evolver<Inputs>> {
  let evolvers = known.get(evolve) as ReadonlyMap<string, Evolver<Inputs>> | undefined;
  if (!evolvers) known.set(evolve, (evolvers = new Map(Object.entries(evolve) as [string, Evolver<Inputs>][])));
  return evolvers;
}

/** The fact folded anew, from its stream as it reads since an event that changed what earlier ones said. */
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

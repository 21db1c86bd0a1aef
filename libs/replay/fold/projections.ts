import type { AnyProjection } from '../../event-sourcing/projection.js';
import { stated } from '../../event-sourcing/stated.js';
import type { CollectionShape } from '../../read-store/read-store.js';

/** The collection of a projection's facts: its documents' own, another one, or none if they can be folded again. */
export const factsOf = <Inputs>({ name, documents, ofOneStream }: AnyProjection<Inputs>): string | undefined =>
  documents === undefined ? name : ofOneStream ? undefined : `${name}_facts`;

/** The collections of a build of these projections. */
export const shapesOf = <Inputs>(projections: readonly AnyProjection<Inputs>[]): readonly CollectionShape[] =>
  projections.flatMap((projection) => {
    const { name, version, fields, indexes, lookups, idBegins, undigested } = projection;
    const facts = factsOf(projection);
    return [
      stated({ name, version, fields, indexes, lookups, idBegins, undigested }),
      ...(facts === undefined || facts === name
        ? []
        : [{ name: facts, version, fields: {}, indexes: [], internal: true as const }]),
    ];
  });

/** The types of events that these projections read. */
export const typesOf = <Inputs>(projections: readonly AnyProjection<Inputs>[]): readonly string[] => [
  ...new Set(projections.flatMap(({ evolve, reading }) => [...Object.keys(evolve), ...(reading?.on ?? [])])),
];

import type { AnyProjection } from '../../event-sourcing/projection.js';
import type { CollectionShape } from '../../read-store/read-store.js';

/** Where the facts of a projection are stored: beside its documents, with them, or nowhere, as they can be folded again. */
export const factsOf = ({
  name,
  documents,
  ofOneStream,
}: Pick<AnyProjection<never>, 'name' | 'documents' | 'ofOneStream'>): string | undefined =>
  documents === undefined ? name : ofOneStream ? undefined : `${name}_facts`;

/** The collections that a build of these projections consists of. */
export const shapesOf = <Inputs>(projections: readonly AnyProjection<Inputs>[]): readonly CollectionShape[] =>
  projections.flatMap((projection) => {
    const { name, version, fields, indexes, undigested } = projection;
    const facts = factsOf(projection);
    return [
      { name, version, fields, indexes, ...(undigested ? { undigested } : {}) },
      ...(facts === undefined || facts === name
        ? []
        : [{ name: facts, version, fields: {}, indexes: [], internal: true as const }]),
    ];
  });

/** The types of events that any of them reads. */
export const typesOf = <Inputs>(projections: readonly AnyProjection<Inputs>[]): readonly string[] => [
  ...new Set(projections.flatMap(({ evolve, restate }) => [...Object.keys(evolve), ...(restate?.on ?? [])])),
];

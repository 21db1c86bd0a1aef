import type { FieldType, Shown } from '../event-sourcing/projection.js';
import type { Recorded } from '../event-sourcing/event.js';
import type { CollectionShape } from '../read-store/read-store.js';

/** Any projection, its facts and events unseen: what running many kinds of them side by side needs of each. */
export interface AnyProjection<Inputs> {
  readonly name: string;
  readonly version: number;
  readonly fields: Readonly<Record<string, FieldType>>;
  readonly indexes: readonly (readonly string[])[];
  readonly undigested?: true;
  readonly ofOneStream?: true;
  key(this: void, event: never): string | undefined;
  readonly evolve: Readonly<
    Record<string, ((fact: never, event: never, inputs: Inputs) => object | undefined) | undefined>
  >;
  readonly restate?: {
    readonly on: readonly string[];
    asRead(this: void, events: readonly never[]): readonly Recorded[];
  };
  documents?(this: void, fact: never, key: string, inputs: Inputs): readonly Shown[];
}

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

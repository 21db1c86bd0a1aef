import type { DomainEvent, Recorded } from './event.js';

/** Types of the fields that filters, sorts and groups may name. Instants are ISO 8601 strings, so they sort as text. */
export type FieldType = 'string' | 'integer' | 'number' | 'boolean' | 'instant' | 'strings';

export type Document = Readonly<Record<string, unknown>>;

export type Shown = readonly [id: string, document: Document];

/** What a collection of documents is like. */
export interface Shape {
  /** Analysts see it as the collection's name. */
  readonly name: string;
  /** Raise it whenever the same history would give other documents. */
  readonly version: number;
  readonly fields: Readonly<Record<string, FieldType>>;
  /** For sorts too, page by page, however many documents are equal. */
  readonly indexes: readonly (readonly string[])[];
  /** To find documents of which few are equal in these fields. Those without the first one are not found by it. */
  readonly lookups?: readonly (readonly string[])[];
  /** Each id is the value of this field, a colon and more: documents are found by it without an index. */
  readonly idBegins?: string;
  /** Describes how the store runs, not what happened: the digest leaves it out. */
  readonly undigested?: true;
}

interface Values extends Readonly<Record<'integer' | 'number', number>> {
  readonly string: string;
  readonly instant: string;
  readonly boolean: boolean;
  readonly strings: readonly string[];
}

/** A document of these fields. Any of them may be null. */
export type DocumentOf<Fields extends Shape['fields']> = { readonly [F in keyof Fields]: Values[Fields[F]] | null };

/**
 * How history becomes documents, as data. Pure: the same history and inputs (the rule books) give the same bytes.
 * A fact is the folded state of one key; without `documents` it is the key's only document. All events of a key must
 * belong to one shard.
 */
export interface Projection<Fact extends object, E extends DomainEvent, Inputs> extends Shape {
  /**
   * All events of a key belong to one stream. The follower folds an evicted fact again from that stream, so the store
   * keeps only documents. Otherwise it stores and loads facts too.
   */
  readonly ofOneStream?: true;
  /** The key that the event belongs to; undefined skips the event. */
  key(this: void, event: Recorded<E>): string | undefined;
  /** The fact after an event, by event type; undefined removes the fact. The projection reads these types only. */
  readonly evolve: {
    readonly [T in E['type']]?: (
      fact: Fact | undefined,
      event: Recorded<Extract<E, { type: T }>>,
      inputs: Inputs,
    ) => Fact | undefined;
  };
  /**
   * For streams that are read corrected, or in the order in which things happened: an event may make the fold read its
   * stream again. Requires `ofOneStream`.
   */
  readonly reading?: {
    /** Types beside those of `evolve` that change how a stream is read. */
    readonly on: readonly E['type'][];
    /** The stream as it is read. The same array where that is as recorded. */
    asRead(this: void, events: readonly Recorded<E>[]): readonly Recorded<E>[];
    /** Whether one more event changes how earlier ones are read. @param latest the last of them, as read */
    changes(this: void, event: Recorded<E>, latest: Recorded<E>): boolean;
  };
  /** A fact's documents, each with its id. */
  documents?(this: void, fact: Fact, key: string, inputs: Inputs): readonly Shown[];
}

/** A projection of any fact and event types: what running several kinds together needs. */
export interface AnyProjection<Inputs> extends Shape {
  readonly ofOneStream?: true;
  key(this: void, event: never): string | undefined;
  readonly evolve: Readonly<
    Record<string, ((fact: never, event: never, inputs: Inputs) => object | undefined) | undefined>
  >;
  readonly reading?: {
    readonly on: readonly string[];
    asRead(this: void, events: readonly never[]): readonly Recorded[];
    changes(this: void, event: never, latest: never): boolean;
  };
  documents?(this: void, fact: never, key: string, inputs: Inputs): readonly Shown[];
}

import type { DomainEvent, Recorded } from './event.js';

/** Fields that filters, sorts and groups may name. Instants are ISO 8601 strings, so they sort as text. */
export type FieldType = 'string' | 'integer' | 'number' | 'boolean' | 'instant' | 'strings';

export type Document = Readonly<Record<string, unknown>>;

export type Shown = readonly [id: string, document: Document];

/**
 * A read model, as data: how history becomes documents. Pure: the same history and the same inputs (the rule
 * books) give the same bytes, whenever and wherever it runs.
 *
 * A fact is what is kept for one key. Where `documents` is absent, the fact is the one document, under the key.
 * All events of one key must be of one shard.
 */
export interface Projection<Fact extends object, E extends DomainEvent, Inputs> {
  /** The collection's name, which analysts use. */
  readonly name: string;
  /** Raised whenever the same history would give other documents. */
  readonly version: number;
  readonly fields: Readonly<Record<string, FieldType>>;
  readonly indexes: readonly (readonly string[])[];
  /** About how the store is run, so that two roads to the same read models may differ in it: not in the digest. */
  readonly undigested?: true;
  /**
   * All events of a key are of one stream. A fact that memory let go is then folded again from it, so that documents
   * alone are stored; without it a fact is stored, and loaded.
   */
  readonly ofOneStream?: true;
  /** What the event belongs to; undefined leaves the event out. */
  key(this: void, event: Recorded<E>): string | undefined;
  /** By event type: the fact after the event. Undefined removes it. Its keys are the events it reads. */
  readonly evolve: {
    readonly [T in E['type']]?: (
      fact: Fact | undefined,
      event: Recorded<Extract<E, { type: T }>>,
      inputs: Inputs,
    ) => Fact | undefined;
  };
  /**
   * Where later events change what earlier ones of their stream said: on one of these the fact is folded anew from
   * the stream as it reads from there on, then from the event itself. The projection is then `ofOneStream`.
   */
  readonly restate?: {
    readonly on: readonly E['type'][];
    asRead(this: void, events: readonly Recorded<E>[]): readonly Recorded<E>[];
  };
  /** The documents shown for a fact, each with its id. */
  documents?(this: void, fact: Fact, key: string, inputs: Inputs): readonly Shown[];
}

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

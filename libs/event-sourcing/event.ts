/** What happened, before it is recorded: a name that is stored for good, and its facts. */
export interface DomainEvent {
  readonly type: string;
  readonly data: object;
}

export interface Actor {
  readonly id: string;
  readonly role: string;
}

/**
 * The envelope around every event. Times are UTC, ISO 8601 with milliseconds:
 * `occurredAt` in the world, `knownAt` when the source knew, `recordedAt` when we stored it.
 */
export interface Envelope {
  readonly id: string;
  readonly schemaVersion: number;
  readonly stream: string;
  /** The number of events in the stream after this one: the first event of a stream has revision 1. */
  readonly revision: number;
  /** Place in the whole history: sorts as text, opaque outside the store that gave it. */
  readonly position: string;
  /** One of 256 shares of customers and cases, fixed for ever by the stream's first event. */
  readonly shard: number;
  readonly programme: string;
  readonly occurredAt: string;
  readonly knownAt: string;
  readonly recordedAt: string;
  readonly actor: Actor;
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  /** Recorded from a source's files: sets off no reaction. */
  readonly imported?: true;
}

/** An event as history holds it. */
export type Recorded<E extends DomainEvent = DomainEvent> = E extends DomainEvent ? Envelope & E : never;

/** An event ready to be appended: only the store can give it its revision and position. */
export type ToAppend<E extends DomainEvent = DomainEvent> = E extends DomainEvent
  ? Omit<Envelope, 'revision' | 'position'> & E
  : never;

/** What is known of one type of event: its present version, and how older ones are read. */
export interface EventDeclaration {
  readonly schemaVersion: number;
  /** Fields of `data` that hold a person's words or name: stored encrypted with the customer's key. */
  readonly personal?: readonly string[];
  /**
   * For an event that restates another's data, as a correction does: its field `fields` holds fields of the type of
   * event that its field `type` names, and they are as personal there as in that event.
   */
  readonly restates?: { readonly type: string; readonly fields: string };
  /** `upcasts[n]` turns the data of version n into that of version n + 1. */
  readonly upcasts?: Readonly<Record<number, (data: Record<string, unknown>) => Record<string, unknown>>>;
}

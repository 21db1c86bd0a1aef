/** What happened: a name, which history keeps for ever, and the facts. */
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
  /** The event's number in its stream, from 1. */
  readonly revision: number;
  /** Place in the whole history. Sorts as text; only the store that assigned it can interpret it. */
  readonly position: string;
  /** 0 to 255. The stream's first event fixes it for ever. */
  readonly shard: number;
  readonly programme: string;
  readonly occurredAt: string;
  readonly knownAt: string;
  readonly recordedAt: string;
  readonly actor: Actor;
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  /** Comes from a source's file. Reactions skip it. */
  readonly imported?: true;
  /** Its place in its stream among events of the same instant. Default: its revision. Late rows of a source have one. */
  readonly sequence?: number;
  /** A keyed hash of the request that led to it, if its caller chose the command's id: it tells the same sent again. */
  readonly requestHash?: string;
}

export type Recorded<E extends DomainEvent = DomainEvent> = E extends DomainEvent ? Envelope & E : never;

/** An event before the store assigns its revision and position. */
export type ToAppend<E extends DomainEvent = DomainEvent> = E extends DomainEvent
  ? Omit<Envelope, 'revision' | 'position'> & E
  : never;

/** One type of event: its present version, and how to read older ones. */
export interface EventDeclaration {
  readonly schemaVersion: number;
  /** Fields of `data` with a person's words or name, which the vault encrypts with the customer's key. */
  readonly personal?: readonly string[];
  /** For a correction: its field `fields` holds fields of the event type in its field `type`; the same are personal. */
  readonly restates?: { readonly type: string; readonly fields: string };
  /** `upcasts[n]` turns the data of version n into that of version n + 1. */
  readonly upcasts?: Readonly<Record<number, (data: Record<string, unknown>) => Record<string, unknown>>>;
}

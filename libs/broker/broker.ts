/** A message as it lies in a topic. */
export interface Message {
  readonly topic: string;
  /** Messages of one key keep their order. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null on a compacted topic: everything of this key may go. */
  readonly value: string | null;
}

/** A message on its way to a subscriber. */
export interface Delivered extends Message {
  /** Where it lies in its topic: opaque, to be cited to an operator. */
  readonly at: string;
}

/**
 * Where the relay publishes. A batch and the position in history that it reaches to are one atomic step: both are seen,
 * or neither. One publisher of a name works at a time: a second one takes over, and the first is told so.
 */
export interface Publisher {
  /** The position of the last batch; undefined before the first. */
  position(): Promise<string | undefined>;

  /**
   * Resolves when the batch can't be lost any more.
   * @throws TakenOver when another publisher of this name works now
   * @throws UnclearOutcome when nobody can say whether it is there: look into the topics before publishing on
   */
  publish(batch: readonly Message[], position: string): Promise<void>;

  close(): Promise<void>;
}

/** The other side: code that works on what is in topics. */
export interface Subscriber {
  /**
   * Hands over what the group has not worked on yet, in order per key, until the signal. A batch counts as done once
   * `work` has resolved; one that was cut off comes again, so what was done before is told by its id.
   */
  subscribe(subscription: Subscription): Promise<void>;
}

export interface Subscription {
  readonly topics: readonly string[];
  /** Subscribers of one group share the work. */
  readonly group: string;
  readonly signal: AbortSignal;
  work(this: void, messages: readonly Delivered[]): Promise<void>;
  /** Told when messages come, and when the broker is lost and looked for again. */
  told?(this: void, state: SubscriptionState): void;
}

export type SubscriptionState = { readonly joined: true } | { readonly joined: false; readonly because: string };

/** Another publisher of the same name works now: this one must end, not try again. */
export class TakenOver extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TakenOver';
  }
}

/** The broker did not say whether a batch is there. */
export class UnclearOutcome extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnclearOutcome';
  }
}

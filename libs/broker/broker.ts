/** A message of a topic. */
export interface Message {
  readonly topic: string;
  /** Messages of one key keep their order. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null, on a compacted topic: the broker may drop everything of this key. */
  readonly value: string | null;
}

/** A message on its way to a subscriber. */
export interface Delivered extends Message {
  /** Its place in the topic: opaque, for an operator to cite. */
  readonly at: string;
}

/**
 * Where the relay publishes. A batch and the position in history that it reaches become visible together. One publisher
 * of a name works at a time: a second one takes over, and the first gets `TakenOver`.
 */
export interface Publisher {
  /** The position of the last batch; undefined before the first. */
  position(): Promise<string | undefined>;

  /**
   * Resolves once the batch is durable.
   * @throws TakenOver when another publisher of this name works now
   * @throws UnclearOutcome when nobody knows whether the broker has it: check the topics before publishing on
   */
  publish(batch: readonly Message[], position: string): Promise<void>;

  close(): Promise<void>;
}

/** Processes the messages of topics. */
export interface Subscriber {
  /**
   * Delivers what the group has not processed yet, in order per key, until the signal. A batch is done once `work` has
   * resolved. An interrupted batch comes again: recognise messages by their ids.
   */
  subscribe(subscription: Subscription): Promise<void>;
}

export interface Subscription {
  readonly topics: readonly string[];
  /** Subscribers of one group share the work. */
  readonly group: string;
  readonly signal: AbortSignal;
  /** The signal `lost`: another subscriber may have these messages by now, so that long work had better end. */
  work(this: void, messages: readonly Delivered[], lost?: AbortSignal): Promise<void>;
  /** Called when the group is joined, and when the broker is lost. */
  onState?(this: void, state: SubscriptionState): void;
}

export type SubscriptionState = { readonly joined: true } | { readonly joined: false; readonly because: string };

/** Another publisher of this name works now: this one must end, not retry. */
export class TakenOver extends Error {
  override readonly name = 'TakenOver';
}

/** The broker did not confirm whether it has a batch. */
export class UnclearOutcome extends Error {
  override readonly name = 'UnclearOutcome';
}

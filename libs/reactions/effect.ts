import type { Reaction } from '../event-sourcing/reaction.js';
import { streamOf, type AggregateName, type CommandOf } from '../recovery/aggregates.js';
import type { RecordedEvent, RecoveryEvent } from '../recovery/history.js';
import type { OpenCases } from '../recovery/intake/open-cases.js';
import type { RoutedCase } from '../recovery/intake/owner-rule.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';

/** A command to one aggregate, with all that the reactor needs to run it. */
export type Effect = { [N in AggregateName]: EffectOn<N> }[AggregateName];

export interface EffectOn<N extends AggregateName> {
  readonly aggregate: N;
  readonly id: string;
  readonly stream: string;
  readonly command: CommandOf<N>;
  readonly programme: string;
  /** Decides the shard of a new stream: the customer, else the stream's name. */
  readonly shardKey: string;
  /** Tells it from the other effects of its event. Default: its place among them. */
  readonly key?: string;
}

/** What a reaction gets besides the event. */
export interface ReactionInputs {
  readonly books: RuleBooks;
  /** The requested streams as they are now, oldest event first, or their last event; empty if they don't exist. */
  readonly streams: ReadonlyMap<string, readonly RecordedEvent[]>;
  /** The requested numbers of open cases by owner and priority. */
  readonly openCases: OpenCases;
  /** Those that were opened from that instant on. */
  readonly openSince?: OpenCases;
  /** By customer, who owned their last case; absent where nobody asked. */
  readonly lastOwners?: ReadonlyMap<string, string>;
  /** The requested event; absent if there is none. */
  readonly before?: RecordedEvent;
  /** The requested cases, in the order in which they are to be handed on. */
  readonly openCasesOf?: readonly OwnedCase[];
}

/** A case that is worked on, as far as the choice of another owner looks at it. */
export interface OwnedCase extends RoutedCase {
  readonly case: string;
  readonly owner: string;
  readonly customer: string;
  readonly programme: string;
}

/** What the reactor looks up before it runs a reaction. */
export interface Needs {
  /** Read whole, so only streams that stay short. */
  readonly streams: readonly string[];
  /** Streams whose last event says all that counts, however long they are. */
  readonly lastOf?: readonly string[];
  /** Count, by owner and priority, the cases that are open now: opened before this instant (UTC, ISO 8601), and from then on. */
  readonly openCasesBefore?: string;
  /** Who owned the last case of these customers, if anything happened in it since then (UTC, ISO 8601). */
  readonly lastOwnersOf?: { readonly since: string; readonly customers: readonly string[] };
  /** The event of a stream before this revision, such as a team as it was. */
  readonly before?: { readonly stream: string; readonly revision: number };
  /** The cases of a team that are worked on and belong to these. */
  readonly openCasesOf?: { readonly team: string; readonly owners: readonly string[] };
  /** What more to look up, once this is found. */
  readonly next?: (this: void, found: Found) => Needs;
}

/** What was looked up. */
export type Found = Omit<ReactionInputs, 'books'>;

/**
 * A reaction whose effects are commands. The reactor skips imported events and runs each effect once: command id =
 * idOf(name, event id, index in the list), causation the event, actor `{ id: name, role: 'system' }`.
 */
export interface CommandReaction<E extends RecoveryEvent> extends Reaction<Effect, E, ReactionInputs> {
  /** The needs of each event type; none if absent. */
  readonly needs: {
    readonly [T in E['type']]?: (event: Extract<RecordedEvent, { type: T }>, books: RuleBooks) => Needs;
  };
}

type Table<Take> = Readonly<Record<string, Take | undefined>>;

/** What the tables of a reaction hold for an event of this type. */
export const reactionTo = <E extends RecoveryEvent>({ type }: RecordedEvent, { needs, on }: CommandReaction<E>) => ({
  // Each function takes events of the type that is its key.
  needs: (needs as Table<(event: RecordedEvent, books: RuleBooks) => Needs>)[type],
  on: (on as Table<(event: RecordedEvent, inputs: ReactionInputs) => readonly Effect[]>)[type],
});

export const effectOn = <N extends AggregateName>(
  aggregate: N,
  id: string,
  command: CommandOf<N>,
  about: { readonly programme: string; readonly shardKey?: string },
): EffectOn<N> => {
  const stream = streamOf(aggregate, id);
  return { aggregate, id, stream, command, programme: about.programme, shardKey: about.shardKey ?? stream };
};

import type { Reaction } from '../event-sourcing/reaction.js';
import { streamOf, type AggregateName, type CommandOf } from '../recovery/aggregates.js';
import type { RecordedEvent, RecoveryEvent } from '../recovery/history.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';

/** A command to one aggregate: all that the reactor needs to have it decided and recorded. */
export type Effect = { [N in AggregateName]: EffectOn<N> }[AggregateName];

export interface EffectOn<N extends AggregateName> {
  readonly aggregate: N;
  readonly id: string;
  readonly stream: string;
  readonly command: CommandOf<N>;
  readonly programme: string;
  /** Whose shard the stream belongs to, should this be its first event: the customer, else the stream's name. */
  readonly shardKey: string;
}

/** What a reaction is given beside the event. */
export interface ReactionInputs {
  readonly books: RuleBooks;
  /** The streams it asked for, oldest event first, as far as they are now; empty where nobody wrote. */
  readonly streams: ReadonlyMap<string, readonly RecordedEvent[]>;
  /** By owner, the open cases it asked for. */
  readonly openCases: Readonly<Record<string, number>>;
}

/** What the reactor looks up before it asks a reaction. */
export interface Needs {
  readonly streams: readonly string[];
  /** Count, by owner, the cases that are open now and were opened before this instant (UTC, ISO 8601). */
  readonly openCasesBefore?: string;
}

/**
 * A reaction whose effects are commands. The reactor drops imported events before it asks (they set off nothing),
 * and carries each effect out once: command id = idOf(name, event id, place in the list), causation the event,
 * actor `{ id: name, role: 'system' }`.
 */
export interface CommandReaction<E extends RecoveryEvent> extends Reaction<Effect, E, ReactionInputs> {
  /** By event type: what must be looked up for it; nothing where it is not named. */
  readonly needs: {
    readonly [T in E['type']]?: (event: Extract<RecordedEvent, { type: T }>, books: RuleBooks) => Needs;
  };
}

export const effectOn = <N extends AggregateName>(
  aggregate: N,
  id: string,
  command: CommandOf<N>,
  about: { readonly programme: string; readonly shardKey?: string },
): EffectOn<N> => {
  const stream = streamOf(aggregate, id);
  return { aggregate, id, stream, command, programme: about.programme, shardKey: about.shardKey ?? stream };
};

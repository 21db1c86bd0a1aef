import type { Decider, Refusal } from '../event-sourcing/decider.js';
import type { Actor, Recorded } from '../event-sourcing/event.js';
import {
  AGGREGATES,
  type AggregateName,
  type CommandContext,
  type CommandOf,
  type StateOf,
} from '../recovery/aggregates.js';
import type { RecoveryEvent } from '../recovery/history.js';

/** A command on its way from the edge to its aggregate. */
export interface CommandRequest<N extends AggregateName = AggregateName> {
  readonly aggregate: N;
  readonly id: string;
  readonly command: CommandOf<N>;
  readonly actor: Actor;
  readonly commandId: string;
  /** The caller chose the command's id. If they use it for a second, different command, that one is refused. */
  readonly chosenId?: true;
  /** The revision that the caller saw and decided on. */
  readonly expectedRevision?: number | undefined;
  /** When it happened, UTC; default: now. */
  readonly occurredAt?: string | undefined;
  /** For a stream that has no event yet; later commands take it from the stream. */
  readonly programme?: string;
  /** The customer whose key seals personal text and whose shard a new stream joins. A stream with events names its own. */
  readonly customer?: string | undefined;
  readonly correlationId?: string;
  readonly causationId?: string;
  /** Refuses callers by the aggregate's state, such as agents of another team. */
  permits?(this: void, state: StateOf<N>): Refusal | undefined;
}

/** A request to any of the aggregates. */
export type AnyRequest = { readonly [N in AggregateName]: CommandRequest<N> }[AggregateName];

/** A request that Amends makes itself, which nobody's rights or revision limit. */
export type OwnRequest = AnyRequest & {
  readonly chosenId?: never;
  readonly expectedRevision?: never;
  readonly occurredAt?: never;
  readonly permits?: never;
};

type AnyDecider = Decider<unknown, { readonly type: string }, RecoveryEvent, CommandContext>;

/** A stream without events and without a programme has no rules: its decider says what is missing. */
export const programmeOf = ({ programme = '' }: AnyRequest, first: Recorded | undefined): string =>
  first?.programme ?? programme;

export function customerOf({ customer }: AnyRequest, first: Recorded | undefined): string | undefined {
  const named = first && 'customer' in first.data ? first.data.customer : undefined;
  return typeof named === 'string' ? named : customer;
}

/** The aggregate's decider, which first asks whether the caller is permitted. */
export function deciderFor({ aggregate, permits }: AnyRequest): AnyDecider {
  const decider: AnyDecider = AGGREGATES[aggregate].decider;
  if (permits === undefined) return decider;
  const permitted: (state: never) => Refusal | undefined = permits;
  return {
    ...decider,
    decide: (command, state, context) => permitted(state as never) ?? decider.decide(command, state, context),
  };
}

import { isRefusal, type Context, type Decider, type Refusal } from '../event-sourcing/decider.js';
import type { DomainEvent, EventDeclaration, Recorded, ToAppend } from '../event-sourcing/event.js';
import { idOf } from '../event-sourcing/identity.js';
import { shardOf } from '../event-sourcing/shard.js';
import { RevisionConflict, type EventStore, type Held } from './event-store.js';
import { FoldedStreams, foldedOn, type FoldedStream, type Revisions } from './folded-streams.js';

/** What the events of a command carry, beside what the command's context says. */
export interface EventOrigin {
  readonly programme: string;
  /** The customer's id, else the case's, else the stream's name; a stream that has a shard keeps it. */
  readonly shardKey: string;
  /** Default: the command's id. */
  readonly correlationId?: string | undefined;
  readonly causationId?: string | undefined;
  /** Default: the context's now, or when the stream's last event happened, if our clocks differ by so little. */
  readonly occurredAt?: string | undefined;
  readonly knownAt?: string;
  readonly imported?: true;
}

/** Known before, or from the stream's first event; undefined where it has none. */
type FromFirst<T> = T | ((first: Recorded | undefined) => T | Promise<T>);

export interface Request<State, Command, E extends DomainEvent, C extends Context = Context> {
  readonly stream: string;
  readonly command: Command;
  readonly context: FromFirst<C>;
  /** The other streams that the context was made of, as they were then. */
  held?(this: void): readonly Held[];
  /** The revision that the caller decided on. Without it, the command is for the stream as it is. */
  readonly expected?: number | undefined;
  readonly declarations: Readonly<Record<E['type'], EventDeclaration>>;
  readonly envelope: FromFirst<EventOrigin>;
  /** Seals personal fields before anything is stored, of the customer or stream that the envelope names. */
  protect?(this: void, events: readonly ToAppend<E>[], state: State, of: EventOrigin): Promise<readonly ToAppend<E>[]>;
  /** Why this is not what a command of the same id did; `before` reads the state that it was decided in. Default: it is. */
  differs?(this: void, done: readonly Recorded<E>[], before: () => Promise<State>): Promise<Refusal | undefined>;
}

export interface Handled<E extends DomainEvent> {
  readonly revision: number;
  /** Of the last event that answers for the command; undefined where there was nothing to do on an empty stream. */
  readonly position: string | undefined;
  readonly shard: number | undefined;
  /** None: it was already so. */
  readonly events: readonly ToAppend<E>[];
}

/**
 * The one way in which commands become history: load, decide, append. Resolves to what happened, or to why nothing did.
 * `streams`: what is known of streams from commands before; without it the stream is read whole.
 * @throws RevisionConflict when the stream is not at the revision that the caller named, or never stands still.
 */
export async function handle<State, Command, E extends DomainEvent, C extends Context = Context>(
  store: EventStore,
  decider: Decider<State, Command, E, C>,
  request: Request<State, Command, E, C>,
  streams = new FoldedStreams(),
): Promise<Handled<E> | Refusal> {
  const [outcome] = await handleInTurn(store, decider, [request], streams);
  if (outcome === undefined) throw new Error(`The command on ${request.stream} has no outcome.`);
  return outcome;
}

/**
 * Handles commands on one stream, each decided on what those before it did, and appends all their events at once.
 * Each has its own command id. Resolves to an outcome for each, in order.
 */
export async function handleInTurn<State, Command, E extends DomainEvent, C extends Context = Context>(
  store: EventStore,
  decider: Decider<State, Command, E, C>,
  requests: readonly Request<State, Command, E, C>[],
  streams = new FoldedStreams(),
): Promise<readonly (Handled<E> | Refusal)[]> {
  const stream = requests[0]?.stream ?? '';
  for (let retries = 2; ; retries--) {
    const read = await streams.read(store, stream, decider);
    let turn = read;
    const appended: ToAppend<E>[] = [];
    const outcomes: (Handled<E> | Refusal)[] = [];
    for (const request of requests) {
      const outcome = await decided(store, decider, request, { read, turn });
      outcomes.push(outcome);
      if (isRefusal(outcome) || outcome.revision <= turn.revision) continue;
      turn = foldedOn({ ...turn, commands: new Map() }, asRecorded(outcome.events, turn.revision), decider);
      appended.push(...outcome.events);
    }
    if (appended.length === 0) return outcomes;
    try {
      const held = store.holds ? requests.flatMap((request) => request.held?.() ?? []) : [];
      const { position } = await store.append(stream, appended, read.revision, held);
      const isNew = (outcome: Handled<E> | Refusal) => !isRefusal(outcome) && outcome.revision > read.revision;
      return outcomes.map((outcome) => (isNew(outcome) ? { ...outcome, position } : outcome));
    } catch (error) {
      // Who named a revision decided on what they saw of that stream: only they decide again.
      const isTheirs = (conflict: RevisionConflict) =>
        conflict.stream === stream && requests.some(({ expected }) => expected !== undefined);
      if (!(error instanceof RevisionConflict) || isTheirs(error) || retries === 0) throw error;
    }
  }
}

/** A stream as it was read, and with the events decided since. */
interface Decided<State> {
  readonly read: FoldedStream<State>;
  readonly turn: FoldedStream<State>;
}

/** What a command does next on a stream, before it is appended. */
async function decided<State, Command, E extends DomainEvent, C extends Context>(
  store: EventStore,
  decider: Decider<State, Command, E, C>,
  request: Request<State, Command, E, C>,
  { read, turn: { state, revision, position, shard, latestAt, first } }: Decided<State>,
): Promise<Handled<E> | Refusal> {
  const { stream, command, expected, protect } = request;
  const context = await from(first, request.context);
  const before = read.commands.get(context.commandId);
  if (before) return answeredBefore(store, decider, request, context, before);
  if (expected !== undefined && expected !== revision) throw new RevisionConflict(stream, expected, revision);
  const decision = decider.decide(command, state, context);
  if (isRefusal(decision)) return decision;
  if (decision.length === 0) return { revision, position, shard, events: [] };
  const origin = await from(first, request.envelope);
  const occurredAt = origin.occurredAt ?? notBefore(latestAt, context.now);
  const plain = enveloped(request, decision, shard ?? shardOf(origin.shardKey), context, { ...origin, occurredAt });
  const events = protect === undefined ? plain : await protect(plain, state, origin);
  return { revision: revision + events.length, position, shard: events[0]?.shard, events };
}

/** Events as their stream will hold them; their positions are not known yet. */
const asRecorded = <E extends DomainEvent>(events: readonly ToAppend<E>[], revision: number): readonly Recorded<E>[] =>
  events.map((event, index) => ({
    ...event,
    revision: revision + index + 1,
    position: '',
  })) as unknown as Recorded<E>[];

/** The tolerance for clocks that differ. */
export const CLOCK_SKEW_MS = 60_000;

/** Now, or the time of the last event where another process with a clock ahead of ours recorded it. */
const notBefore = (latestAt: string | undefined, now: string): string =>
  latestAt !== undefined && latestAt > now && Date.parse(latestAt) - Date.parse(now) <= CLOCK_SKEW_MS ? latestAt : now;

const from = async <T>(first: Recorded | undefined, given: FromFirst<T>): Promise<T> =>
  typeof given === 'function' ? (given as (first: Recorded | undefined) => T | Promise<T>)(first) : given;

/** A command that was sent again: what it did the first time. It reads those events alone, however long the stream is. */
async function answeredBefore<State, Command, E extends DomainEvent, C extends Context>(
  store: EventStore,
  { initialState, evolve }: Decider<State, Command, E, C>,
  { stream, differs }: Request<State, Command, E, C>,
  { commandId }: Context,
  { first, last: until }: Revisions,
): Promise<Handled<E> | Refusal> {
  const read = async (after: number, limit: number): Promise<readonly Recorded<E>[]> =>
    (await store.readStream(stream, { after, limit })).events as readonly Recorded<E>[];
  const done = (await read(first - 1, until - first + 1)).filter((event) => event.commandId === commandId);
  const refusal = await differs?.(done, async () => (await read(0, first - 1)).reduce(evolve, initialState));
  if (refusal) return refusal;
  const last = done.at(-1);
  const { revision = 0, position, shard } = last ?? {};
  return { revision, position, shard, events: done as readonly ToAppend<E>[] };
}

const enveloped = <State, Command, E extends DomainEvent, C extends Context>(
  { stream, declarations }: Request<State, Command, E, C>,
  decided: readonly E[],
  shard: number,
  { now, actor, commandId }: Context,
  { programme, occurredAt = now, knownAt = now, imported, ...because }: EventOrigin,
): readonly ToAppend<E>[] =>
  decided.map(({ type, data }: E, ordinal) => ({
    id: idOf(commandId, stream, ordinal),
    type,
    schemaVersion: declarations[type as E['type']].schemaVersion,
    stream,
    shard,
    programme,
    occurredAt,
    knownAt,
    recordedAt: now,
    actor,
    commandId,
    correlationId: because.correlationId ?? commandId,
    causationId: because.causationId ?? commandId,
    ...(imported && { imported }),
    data,
  })) as unknown as readonly ToAppend<E>[]; // E is one of a union: its type and data belong together

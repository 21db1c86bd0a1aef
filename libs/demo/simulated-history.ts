import type { CommandRequest } from '../commands/command-request.js';
import { isRefusal, type Decider } from '../event-sourcing/decider.js';
import { idOf } from '../event-sourcing/identity.js';
import { shardOf } from '../event-sourcing/shard.js';
import { AGGREGATES, streamOf, type AggregateName, type CommandContext } from '../recovery/aggregates.js';
import { DECLARATIONS, type EventToAppend, type RecordedEvent, type RecoveryEvent } from '../recovery/history.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';

type AnyCommand = { readonly type: string };
type AnyDecider = Decider<unknown, AnyCommand, RecoveryEvent, CommandContext>;

interface Stream {
  state: unknown;
  readonly events: RecordedEvent[];
}

interface Action<N extends AggregateName> extends Pick<CommandRequest<N>, 'aggregate' | 'id' | 'command' | 'actor'> {
  readonly at: string;
  /** For a stream's first event. */
  readonly shardKey?: string;
}

/** History in memory, made by the real deciders. What they refuse doesn't happen. */
export class SimulatedHistory {
  private readonly streams = new Map<string, Stream>();
  private readonly all: EventToAppend[] = [];
  private readonly casesGiven = new Map<string, number>();

  constructor(
    private readonly programme: string,
    private readonly books: RuleBooks,
  ) {}

  /** The command's events; none if the decider refuses it. */
  act<N extends AggregateName>({ aggregate, id, command, actor, at, shardKey }: Action<N>): readonly RecordedEvent[] {
    const name = streamOf(aggregate, id);
    const decider = AGGREGATES[aggregate].decider as unknown as AnyDecider;
    const stream = this.streams.get(name) ?? { state: decider.initialState, events: [] };
    this.streams.set(name, stream);
    const commandId = idOf('demo', name, stream.events.length);
    const context = { now: at, actor, commandId, rules: this.books.at(this.programme, at), operators: 1 };
    const decision = decider.decide(command as unknown as AnyCommand, stream.state, context);
    if (isRefusal(decision)) return [];
    const shard = stream.events[0]?.shard ?? shardOf(shardKey ?? name);
    return decision.map(({ type, data }, ordinal) => {
      const event = {
        id: idOf(commandId, name, ordinal),
        type,
        data,
        schemaVersion: DECLARATIONS[type].schemaVersion,
        stream: name,
        shard,
        programme: this.programme,
        occurredAt: at,
        knownAt: at,
        recordedAt: at,
        actor,
        commandId,
        correlationId: commandId,
        causationId: commandId,
      } as EventToAppend;
      const recorded = { ...event, revision: stream.events.length + 1, position: '' } as RecordedEvent;
      stream.state = decider.evolve(stream.state, recorded);
      stream.events.push(recorded);
      this.all.push(event);
      if (event.type === 'CaseAssigned')
        this.casesGiven.set(event.data.owner, (this.casesGiven.get(event.data.owner) ?? 0) + 1);
      return recorded;
    });
  }

  /** By owner, the number of cases assigned so far. */
  ownedBy(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.casesGiven);
  }

  eventsOf(stream: string): readonly RecordedEvent[] {
    return this.streams.get(stream)?.events ?? [];
  }

  /** All events, by time; those of one moment as they were made. */
  inOrder(): readonly EventToAppend[] {
    return this.all.toSorted(({ occurredAt: a }, { occurredAt: b }) => (a < b ? -1 : a > b ? 1 : 0));
  }
}

import { LRUCache } from 'lru-cache';
import { isRefusal, refuse, type Decider, type Refusal } from '../event-sourcing/decider.js';
import type { Actor, Recorded, ToAppend } from '../event-sourcing/event.js';
import type { EventStore } from '../event-store/event-store.js';
import { FoldedStreams } from '../event-store/folded-streams.js';
import { handle, type Request } from '../event-store/handle.js';
import {
  AGGREGATES,
  streamOf,
  type AggregateName,
  type CommandContext,
  type CommandOf,
} from '../recovery/aggregates.js';
import { caseDecider } from '../recovery/case/case.js';
import type { CaseCommandOf } from '../recovery/case/case-commands.js';
import type { CaseState } from '../recovery/case/case-state.js';
import { DECLARATIONS, type RecoveryEvent } from '../recovery/history.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import type { PersonalData } from '../vault/personal-data.js';
import { CustomerIsForgotten } from '../vault/vault-errors.js';
import { unlessSame } from './same-command.js';

/** A command on its way from the edge to its aggregate. */
export interface CommandRequest<N extends AggregateName = AggregateName> {
  readonly aggregate: N;
  readonly id: string;
  readonly command: CommandOf<N>;
  readonly actor: Actor;
  readonly commandId: string;
  /** The caller chose the command's id, and may by mistake choose one twice: another command of that id is refused. */
  readonly chosenId?: true;
  /** The revision that the caller saw and decided on. */
  readonly expectedRevision?: number;
  /** When it happened, UTC; default: now. */
  readonly occurredAt?: string;
  /** Of a stream that has no event yet; else it is the stream's own. */
  readonly programme?: string;
  /** Whose words it holds, and of whose shard a new stream is; a stream that has events knows. */
  readonly customer?: string;
  readonly correlationId?: string;
  readonly causationId?: string;
  /** What else must hold of the aggregate's state for this caller, such as that the case is of their team. */
  permits?(this: void, state: unknown): Refusal | undefined;
}

export interface Done {
  readonly revision: number;
  /** Of the last event that answers for the command; undefined where there was nothing to do on an empty stream. */
  readonly position: string | undefined;
  readonly shard: number | undefined;
  /** As they are stored: personal fields sealed. None: it was already so. */
  readonly events: readonly ToAppend<RecoveryEvent>[];
}

/** What commands are decided by and written to. */
export interface Surroundings {
  readonly events: EventStore;
  readonly personal: PersonalData;
  /** As they are now: asked with every command. */
  rules(this: void): RuleBooks;
  now(this: void): string;
  /** How many operators the store has: a single one may approve their own rules. */
  operators(this: void): Promise<number>;
  /** When a customer was last asked again, in whatever case. */
  lastReSurveyAt?(this: void, customer: string): Promise<string | undefined>;
}

interface Origin {
  readonly programme: string;
  readonly customer: string | undefined;
  readonly shard?: number;
}

type AnyCommand = { readonly type: string };
type AnyDecider = Decider<unknown, AnyCommand, RecoveryEvent, CommandContext>;

/** How far a caller's clock may be ahead of ours. */
const CLOCK_SKEW_MS = 60_000;

/** Carries every command to its aggregate, in one way for all: under the rules in force then, personal fields sealed. */
export class Commands {
  /** A stream's first event never changes, so what it says of the stream may be kept. */
  private readonly origins = new LRUCache<string, Origin>({ max: 50_000 });
  private readonly streams = new FoldedStreams();

  constructor(private readonly surroundings: Surroundings) {}

  /** @throws RevisionConflict when the stream is not at the expected revision, or never stands still. */
  async execute<N extends AggregateName>(request: CommandRequest<N>): Promise<Done | Refusal> {
    const { events, personal, rules, now } = this.surroundings;
    const { aggregate, id, actor, commandId, expectedRevision, correlationId, causationId } = request;
    const command = request.command as unknown as AnyCommand;
    const stream = streamOf(aggregate, id);
    const at = now();
    const occurredAt = request.occurredAt ?? at;
    if (occurredAt > new Date(Date.parse(at) + CLOCK_SKEW_MS).toISOString())
      return refuse('not-yet-happened', `${occurredAt} is still to come; it is ${at}.`, 'occurredAt');
    const origin = await this.originOf(stream, request);
    const { programme, customer } = origin;
    const context: CommandContext = {
      now: at,
      actor,
      commandId,
      rules: rules().at(programme, occurredAt),
      operators: aggregate === 'rules' ? await this.surroundings.operators() : 0,
      ...(command.type === 'SendReSurvey' ? await this.coolDown(customer) : {}),
      ...(isMerge(command) ? { mergesInto: await this.statusOf(command.into) } : {}),
    };
    const decider = deciderOf(aggregate, request.permits);
    const asked: Request<unknown, AnyCommand, RecoveryEvent, CommandContext> = {
      stream,
      command,
      context,
      declarations: DECLARATIONS,
      envelope: {
        programme,
        shardKey: customer ?? stream,
        occurredAt,
        ...(correlationId === undefined ? {} : { correlationId }),
        ...(causationId === undefined ? {} : { causationId }),
      },
      ...(expectedRevision === undefined ? {} : { expected: expectedRevision }),
      protect: (plain) => personal.seal(plain, customer ?? stream),
      ...(request.chosenId === true ? { differs: (done, before) => this.differs(request, done, before) } : {}),
    };
    try {
      const handled = await handle(events, decider, asked, this.streams);
      return isRefusal(handled) ? handled : { ...handled, shard: handled.events[0]?.shard ?? origin.shard };
    } catch (error) {
      if (error instanceof CustomerIsForgotten) return refuse('customer-forgotten', error.message);
      throw error;
    }
  }

  /** Decides it as it would have been decided then; what was done had no cool-down, second operator or missing case against it. */
  private async differs(
    { aggregate, command, actor, commandId, occurredAt, permits }: CommandRequest,
    done: readonly Recorded<RecoveryEvent>[],
    before: unknown,
  ): Promise<Refusal | undefined> {
    const [first] = done;
    if (first === undefined) return undefined;
    const { programme, recordedAt: now } = first;
    const rules = this.surroundings.rules().at(programme, first.occurredAt);
    const { decide } = deciderOf(aggregate, permits);
    const decision = decide(command, before, { now, actor, commandId, rules, operators: 1 });
    return unlessSame({ done, decision, occurredAt: occurredAt ?? now }, this.surroundings.personal);
  }

  private async originOf(stream: string, { programme, customer }: CommandRequest): Promise<Origin> {
    const known = this.origins.get(stream);
    if (known !== undefined) return known;
    const [first] = (await this.surroundings.events.readStream(stream, { limit: 1 })).events;
    // A stream without events and without a programme has no rules: its decider says what is missing.
    if (first === undefined) return { programme: programme ?? '', customer };
    const origin = { programme: first.programme, customer: customerIn(first.data) ?? customer, shard: first.shard };
    this.origins.set(stream, origin);
    return origin;
  }

  private async statusOf(id: string): Promise<CaseState['status']> {
    return (await this.streams.read(this.surroundings.events, streamOf('case', id), caseDecider)).state.status;
  }

  private async coolDown(customer: string | undefined): Promise<{ lastReSurveyAt?: string }> {
    const asked = customer === undefined ? undefined : await this.surroundings.lastReSurveyAt?.(customer);
    return asked === undefined ? {} : { lastReSurveyAt: asked };
  }
}

const isMerge = (command: AnyCommand): command is CaseCommandOf<'MergeCase'> => command.type === 'MergeCase';

const customerIn = (data: object): string | undefined =>
  'customer' in data && typeof data.customer === 'string' ? data.customer : undefined;

// An aggregate's name decides its command, state and events together, which no type can follow through a table.
const deciderOf = (aggregate: AggregateName, permits: CommandRequest['permits']): AnyDecider =>
  permitting(AGGREGATES[aggregate].decider as unknown as AnyDecider, permits);

const permitting = (decider: AnyDecider, permits: CommandRequest['permits']): AnyDecider =>
  permits === undefined
    ? decider
    : {
        ...decider,
        decide: (command, state, context) => permits(state) ?? decider.decide(command, state, context),
      };

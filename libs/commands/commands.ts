import { refuse, type Decider, type Refusal } from '../event-sourcing/decider.js';
import type { Actor, Recorded, ToAppend } from '../event-sourcing/event.js';
import type { EventStore } from '../event-store/event-store.js';
import { FoldedStreams } from '../event-store/folded-streams.js';
import { CLOCK_SKEW_MS, handle, handleInTurn, type Handled, type Request } from '../event-store/handle.js';
import {
  AGGREGATES,
  declaredCommand,
  streamOf,
  type AggregateName,
  type CommandContext,
  type CommandOf,
  type Need,
  type StateOf,
} from '../recovery/aggregates.js';
import { caseDecider } from '../recovery/case/case.js';
import type { OpenedCase } from '../recovery/case/case-state.js';
import { customerDecider } from '../recovery/customer/customer.js';
import { allWhoAre } from '../recovery/customer/joined-customers.js';
import { DECLARATIONS, type RecoveryEvent } from '../recovery/history.js';
import type { CompiledRules } from '../recovery/rules/compile.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { peopleOf, teamDecider } from '../recovery/team/team.js';
import type { PersonalData } from '../vault/personal-data.js';
import { CustomerIsForgotten } from '../vault/vault-errors.js';
import { asSent, keyUsed, unlessSame } from './same-command.js';

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

/** What a command did, with its events as stored: personal fields sealed. */
export type Done = Handled<RecoveryEvent>;

/** What commands are decided by and written to. */
export interface Surroundings {
  readonly events: EventStore;
  readonly personal: PersonalData;
  /** The rules at this moment. Each command asks again. */
  rules(this: void): RuleBooks;
  now(this: void): string;
  /** The number of operators. A single one may approve their own rules. */
  operators(this: void): Promise<number>;
  /** The last re-survey of any of these customers, who are one person, in any case. */
  lastReSurveyAt?(this: void, customers: readonly string[]): Promise<string | undefined>;
}

type AnyDecider = Decider<unknown, { readonly type: string }, RecoveryEvent, CommandContext>;

/** Carries every command to its aggregate, under the rules in force then, and seals personal fields. */
export class Commands {
  private readonly streams = new FoldedStreams();

  constructor(private readonly surroundings: Surroundings) {}

  /** @throws RevisionConflict if the stream is not at the expected revision, or changes at each retry */
  async execute(request: AnyRequest): Promise<Done | Refusal> {
    const { events, now } = this.surroundings;
    const { occurredAt } = request;
    const at = now();
    if (occurredAt !== undefined && occurredAt > new Date(Date.parse(at) + CLOCK_SKEW_MS).toISOString())
      return refuse('not-yet-happened', `${occurredAt} is still to come; it is ${at}.`, 'occurredAt');
    try {
      return await handle(events, deciderFor(request), this.toHandle(request, at), this.streams);
    } catch (error) {
      if (error instanceof CustomerIsForgotten) return refuse('customer-forgotten', error.message);
      throw error;
    }
  }

  /**
   * Executes commands of our own on one aggregate with one append, each decided on what those before it did.
   * @throws CustomerIsForgotten, and what `execute` throws; then nothing of it was done
   */
  async executeInTurn(requests: readonly OwnRequest[]): Promise<readonly (Done | Refusal)[]> {
    const [first] = requests;
    if (first === undefined) return [];
    const { events, now } = this.surroundings;
    const at = now();
    const asked = requests.map((request) => this.toHandle(request, at));
    return handleInTurn(events, deciderFor(first), asked, this.streams);
  }

  private toHandle(
    request: AnyRequest,
    at: string,
  ): Request<unknown, { readonly type: string }, RecoveryEvent, CommandContext> {
    const { aggregate, id, command, expectedRevision, correlationId, causationId, occurredAt } = request;
    const stream = streamOf(aggregate, id);
    return {
      stream,
      command,
      context: (first) => this.context(request, first, at),
      declarations: DECLARATIONS,
      envelope: (first) => ({
        programme: programmeOf(request, first),
        shardKey: customerOf(request, first) ?? stream,
        occurredAt,
        correlationId,
        causationId,
      }),
      expected: expectedRevision,
      protect: async (plain, _, { shardKey }) =>
        this.hashed(request, await this.surroundings.personal.seal(plain, shardKey)),
      ...(request.chosenId && { differs: (done, before) => this.differs(request, done, before) }),
    };
  }

  /** All who an operator says are one person with this customer, themselves first. */
  async allWhoAre(customer: string): Promise<readonly string[]> {
    const says = new Map<string, readonly string[]>();
    const named = new Set([customer]);
    for (const one of named) {
      const { state } = await this.streams.read(this.surroundings.events, streamOf('customer', one), customerDecider);
      const joinedWith = state.status === 'known' ? state.joinedWith : [];
      says.set(one, joinedWith);
      for (const other of joinedWith) named.add(other);
    }
    return allWhoAre(customer, says);
  }

  private async context(request: AnyRequest, first: Recorded | undefined, now: string): Promise<CommandContext> {
    const { aggregate, command, actor, commandId, occurredAt } = request;
    const rulesAt = this.rulesOf(programmeOf(request, first));
    const context = { now, occurredAt, actor, commandId, rules: rulesAt(occurredAt ?? now), rulesAt, operators: 0 };
    const needs = declaredCommand(aggregate, command.type)?.needs ?? [];
    for (const need of needs as readonly Need[])
      Object.assign(context, { [need]: await this.answers[need](request, customerOf(request, first)) });
    return context;
  }

  private rulesOf(programme: string): (at: string) => CompiledRules | undefined {
    const books = this.surroundings.rules();
    return (at) => books.at(programme, at);
  }

  /** Answers what decisions need to know of other streams. */
  private readonly answers: {
    readonly [N in Need]: (request: AnyRequest, customer: string | undefined) => Promise<CommandContext[N]>;
  } = {
    operators: () => this.surroundings.operators(),
    lastReSurveyAt: async (_, customer) =>
      customer === undefined ? undefined : this.surroundings.lastReSurveyAt?.(await this.allWhoAre(customer)),
    people: async ({ id, command }) => {
      const named = 'toTeam' in command ? command.toTeam : 'team' in command ? command.team : undefined;
      const team = named ?? (await this.caseNow(id))?.facts.team;
      if (typeof team !== 'string') return undefined;
      const { state } = await this.streams.read(this.surroundings.events, streamOf('team', team), teamDecider);
      if (state.status === 'none' || state.roster.members.length === 0) return undefined;
      return { team, ids: peopleOf(state.roster) };
    },
    mergesInto: async ({ command }, customer = '') => {
      if (!('into' in command)) return undefined;
      const now = await this.caseNow(command.into);
      if (!now) return 'not-opened';
      const isOfSamePerson = now.customer !== customer && (await this.allWhoAre(customer)).includes(now.customer);
      return { status: now.facts.status, customer: now.customer, into: now.mergedInto, isOfSamePerson };
    },
  };

  private async caseNow(id: string): Promise<OpenedCase | undefined> {
    return (await this.streams.read(this.surroundings.events, streamOf('case', id), caseDecider)).state.now;
  }

  /** For a command whose caller may send it again: its events know it then, whatever the rules say by then. */
  private async hashed(
    request: AnyRequest,
    events: readonly ToAppend<RecoveryEvent>[],
  ): Promise<readonly ToAppend<RecoveryEvent>[]> {
    if (!request.chosenId) return events;
    const requestHash = await this.surroundings.personal.requestHash(asSent(request), events);
    return requestHash === undefined ? events : events.map((event) => ({ ...event, requestHash }));
  }

  /** Compares the hashes of the requests. Without one, as in older events, or once it says nothing, the command is decided again. */
  private async differs(
    request: AnyRequest,
    done: readonly Recorded<RecoveryEvent>[],
    before: () => Promise<unknown>,
  ): Promise<Refusal | undefined> {
    const [first] = done;
    if (first === undefined) return undefined;
    const again = first.requestHash && (await this.surroundings.personal.requestHash(asSent(request), done));
    if (again) return again === first.requestHash ? undefined : keyUsed();
    return this.wouldDiffer(request, first, { done, before: await before() });
  }

  /** Decides the command again as of then. It was carried out, so no cool-down, second operator or missing case stood against it. */
  private async wouldDiffer(
    request: AnyRequest,
    first: Recorded<RecoveryEvent>,
    { done, before }: { readonly done: readonly Recorded<RecoveryEvent>[]; readonly before: unknown },
  ): Promise<Refusal | undefined> {
    const { command, actor, commandId, occurredAt } = request;
    const { programme, recordedAt: now } = first;
    const rulesAt = this.rulesOf(programme);
    const context = { now, occurredAt, actor, commandId, rules: rulesAt(first.occurredAt), rulesAt, operators: 1 };
    const decision = deciderFor(request).decide(command, before, context);
    const then = occurredAt ?? (first.occurredAt > now ? first.occurredAt : now);
    return unlessSame({ done, decision, occurredAt: then }, this.surroundings.personal);
  }
}

/** A stream without events and without a programme has no rules: its decider says what is missing. */
const programmeOf = ({ programme = '' }: AnyRequest, first: Recorded | undefined): string =>
  first?.programme ?? programme;

function customerOf({ customer }: AnyRequest, first: Recorded | undefined): string | undefined {
  const named = first && 'customer' in first.data ? first.data.customer : undefined;
  return typeof named === 'string' ? named : customer;
}

function deciderFor({ aggregate, permits }: AnyRequest): AnyDecider {
  const decider: AnyDecider = AGGREGATES[aggregate].decider;
  if (permits === undefined) return decider;
  const permitted: (state: never) => Refusal | undefined = permits;
  return {
    ...decider,
    decide: (command, state, context) => permitted(state as never) ?? decider.decide(command, state, context),
  };
}

import { isRefusal, refuse, type Decider, type Refusal } from '../event-sourcing/decider.js';
import type { Actor, Recorded, ToAppend } from '../event-sourcing/event.js';
import { idOf } from '../event-sourcing/identity.js';
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
import { BesideNow, besideBefore, type Beside } from './beside.js';
import { lastReSurveyIn } from './last-re-survey.js';
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
  /** The cases of these customers, who are one person. */
  casesOf?(this: void, customers: readonly string[]): Promise<readonly string[]>;
}

/** What is decided on other streams whose own commands are decided on this one in turn. For the rest one of them comes first. */
const ENTANGLED: ReadonlySet<string> = new Set(['mergesInto', 'lastReSurveyAt'] satisfies Need[]);

type AnyDecider = Decider<unknown, { readonly type: string }, RecoveryEvent, CommandContext>;

/** Carries every command to its aggregate, under the rules in force then, and seals personal fields. */
export class Commands {
  private readonly streams = new FoldedStreams();
  /** By stream and command id. */
  private readonly onTheirWay = new Map<string, Promise<unknown>>();

  constructor(private readonly surroundings: Surroundings) {}

  /** @throws RevisionConflict if the stream is not at the expected revision, or changes at each retry */
  async execute(request: AnyRequest): Promise<Done | Refusal> {
    if (!request.chosenId) return this.executeNow(request);
    // Another request under the same id gives its events the same ids: the store would take it for this one.
    const key = JSON.stringify([streamOf(request.aggregate, request.id), request.commandId]);
    const turn = (this.onTheirWay.get(key) ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => this.executeNow(request));
    this.onTheirWay.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.onTheirWay.get(key) === turn) this.onTheirWay.delete(key);
    }
  }

  private async executeNow(request: AnyRequest): Promise<Done | Refusal> {
    const { events, now } = this.surroundings;
    const { occurredAt } = request;
    const at = now();
    if (occurredAt !== undefined && occurredAt > new Date(Date.parse(at) + CLOCK_SKEW_MS).toISOString())
      return refuse(
        'not-yet-happened',
        `${occurredAt} is still to come; it is ${at}.`,
        'Say when it has happened, or leave its time out for now.',
        'occurredAt',
      );
    try {
      const outcome = await handle(events, deciderFor(request), this.toHandle(request, at), this.streams);
      return isRefusal(outcome) || events.holds ? outcome : await this.lookAgain(request, outcome, at);
    } catch (error) {
      if (error instanceof CustomerIsForgotten) return refuse('customer-forgotten', error.message, 'Leave them out.');
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
    let beside = this.besideNow(stream);
    return {
      stream,
      command,
      // Decided again, it sees the others anew.
      context: (first) => this.context(request, first, at, (beside = this.besideNow(stream))),
      held: () => beside.held,
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

  /**
   * Where an append can't hang on other streams: decides the command again on those as they were when its event got its
   * place in history. Of two that each decided before the other's event, the later one finds the earlier's and takes its
   * own back. What the other did later stays: that one looks again itself.
   */
  private async lookAgain(request: AnyRequest, done: Done, at: string): Promise<Done | Refusal> {
    const { aggregate, id, command, actor, occurredAt, commandId } = request;
    const [first] = done.events;
    const needs = declaredCommand(aggregate, command.type)?.needs ?? [];
    // A command that was sent again is asked no rule that may have changed since.
    const isAgain = first?.recordedAt !== at;
    const asked = needs.filter((need) => (isAgain ? need === 'mergesInto' : ENTANGLED.has(need)));
    if (first === undefined || done.position === undefined || asked.length === 0) return done;
    const { events } = this.surroundings;
    const decider = deciderFor(request);
    const before = besideBefore(events, done.position);
    const [state, own] = [
      await before.read(streamOf(aggregate, id), decider),
      await before.events(streamOf(aggregate, id)),
    ];
    const rules = this.surroundings.rules().at(first.programme, first.occurredAt);
    const context = { now: first.recordedAt, occurredAt, actor, commandId, rules, operators: 1 };
    for (const need of asked)
      Object.assign(context, {
        [need]: await this.answers[need as Need](request, customerOf(request, own[0]), before),
      });
    const decision = decider.decide(command, state, context);
    if (!isRefusal(decision)) return done;
    for (const event of done.events) {
      const withdrawn = await this.execute({
        ...{ aggregate: 'case', id, actor, commandId: idOf('taken back', event.id) },
        command: { type: 'CorrectEvent', corrects: event.id, withdrawn: true, reason: decision.because },
      });
      // Somebody built on it already, such as the answer to a survey: it stays.
      if (isRefusal(withdrawn)) return done;
    }
    return decision;
  }

  private besideNow(own?: string): BesideNow {
    return new BesideNow(this.surroundings.events, this.streams, own);
  }

  /** All who an operator says are one person with this customer, themselves first. */
  async allWhoAre(customer: string, beside: Beside = this.besideNow()): Promise<readonly string[]> {
    const says = new Map<string, readonly string[]>();
    const named = new Set([customer]);
    for (const one of named) {
      const state = await beside.read(streamOf('customer', one), customerDecider);
      const joinedWith = state.status === 'known' ? state.joinedWith : [];
      says.set(one, joinedWith);
      for (const other of joinedWith) named.add(other);
    }
    return allWhoAre(customer, says);
  }

  private async context(
    request: AnyRequest,
    first: Recorded | undefined,
    now: string,
    beside: Beside,
  ): Promise<CommandContext> {
    const { aggregate, command, actor, commandId, occurredAt } = request;
    const rulesAt = this.rulesOf(programmeOf(request, first));
    const context = { now, occurredAt, actor, commandId, rules: rulesAt(occurredAt ?? now), rulesAt, operators: 0 };
    const needs = declaredCommand(aggregate, command.type)?.needs ?? [];
    for (const need of needs as readonly Need[])
      Object.assign(context, { [need]: await this.answers[need](request, customerOf(request, first), beside) });
    return context;
  }

  private rulesOf(programme: string): (at: string) => CompiledRules | undefined {
    const books = this.surroundings.rules();
    return (at) => books.at(programme, at);
  }

  /** Answers what decisions need to know of other streams. */
  private readonly answers: {
    readonly [N in Need]: (
      request: AnyRequest,
      customer: string | undefined,
      beside: Beside,
    ) => Promise<CommandContext[N]>;
  } = {
    operators: () => this.surroundings.operators(),
    lastReSurveyAt: async (_, customer, beside) => {
      if (customer === undefined || !this.surroundings.casesOf) return undefined;
      const last: string[] = [];
      for (const id of await this.surroundings.casesOf(await this.allWhoAre(customer, beside)))
        last.push(lastReSurveyIn(await beside.events(streamOf('case', id))) ?? '');
      return last.toSorted().at(-1) || undefined;
    },
    people: async ({ id, command }, _, beside) => {
      const named = 'toTeam' in command ? command.toTeam : 'team' in command ? command.team : undefined;
      const team = named ?? (await caseNow(id, beside))?.facts.team;
      if (typeof team !== 'string') return undefined;
      const state = await beside.read(streamOf('team', team), teamDecider);
      if (state.status === 'none' || state.roster.members.length === 0) return undefined;
      return { team, ids: peopleOf(state.roster) };
    },
    mergesInto: async ({ command }, customer = '', beside) => {
      if (!('into' in command)) return undefined;
      const now = await caseNow(command.into, beside);
      if (!now) return 'not-opened';
      const { customer: other, mergedInto: into, facts } = now;
      const isOfSamePerson = other !== customer && (await this.allWhoAre(customer, beside)).includes(other);
      return { status: facts.status, customer: other, into, isOfSamePerson };
    },
  };

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

const caseNow = async (id: string, beside: Beside): Promise<OpenedCase | undefined> =>
  (await beside.read(streamOf('case', id), caseDecider)).now;

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

import { isRefusal, refuse, type Refusal } from '../event-sourcing/decider.js';
import type { Recorded } from '../event-sourcing/event.js';
import { idOf } from '../event-sourcing/identity.js';
import type { EventStore } from '../event-store/event-store.js';
import { FoldedStreams } from '../event-store/folded-streams.js';
import { CLOCK_SKEW_MS, handle, handleInTurn, type Handled, type Request } from '../event-store/handle.js';
import { declaredCommand, streamOf, type CommandContext, type Need } from '../recovery/aggregates.js';
import { DECLARATIONS, type RecoveryEvent } from '../recovery/history.js';
import type { CompiledRules } from '../recovery/rules/compile.js';
import type { PersonalData } from '../vault/personal-data.js';
import { CustomerIsForgotten } from '../vault/vault-errors.js';
import { BesideNow, besideBefore, type Beside } from './beside.js';
import { customerOf, deciderFor, programmeOf, type AnyRequest, type OwnRequest } from './command-request.js';
import { answerTo, samePerson, type Sources } from './needs.js';
import { SentAgain } from './sent-again.js';

/** What a command did, with its events as stored: personal fields sealed. */
export type Done = Handled<RecoveryEvent>;

/** What commands are decided by and written to. */
export interface Surroundings extends Sources {
  readonly events: EventStore;
  readonly personal: PersonalData;
  now(this: void): string;
}

/** What is decided on other streams whose own commands are decided on this one in turn. For the rest one of them comes first. */
const ENTANGLED: ReadonlySet<string> = new Set(['mergesInto', 'lastReSurveyAt'] satisfies Need[]);

/** Carries every command to its aggregate, under the rules in force then, and seals personal fields. */
export class Commands {
  private readonly streams = new FoldedStreams();
  private readonly again: SentAgain;
  /** By stream and command id. */
  private readonly onTheirWay = new Map<string, Promise<unknown>>();

  constructor(private readonly surroundings: Surroundings) {
    this.again = new SentAgain({ personal: surroundings.personal, rulesOf: (programme) => this.rulesOf(programme) });
  }

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
      envelope: async (first) => ({
        programme: programmeOf(request, first),
        shardKey: customerOf(request, first) ?? (first ? undefined : await this.joins(request, beside)) ?? stream,
        occurredAt,
        correlationId,
        causationId,
      }),
      expected: expectedRevision,
      protect: async (plain, _, { shardKey }) =>
        this.again.hashed(request, await this.surroundings.personal.seal(plain, shardKey)),
      ...(request.chosenId && { differs: (done, before) => this.again.differs(request, done, before) }),
    };
  }

  /** The customer whose shard a new stream joins: the clocks of a case are in the shard of their case. */
  private async joins(request: AnyRequest, beside: Beside): Promise<string | undefined> {
    if (request.aggregate !== 'clock') return undefined;
    const [first] = await beside.events(streamOf('case', request.id));
    return customerOf(request, first);
  }

  /**
   * Where an append can't depend on other streams: decides the command again on those as they were when its event got its
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
    const about = { request, customer: customerOf(request, own[0]), beside: before };
    const known = await answerTo(asked as readonly Need[], about, this.surroundings);
    const context = { now: first.recordedAt, occurredAt, actor, commandId, rules, operators: 1, ...known };
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

  /** All who an operator says are one person with this customer, themselves first. */
  allWhoAre(customer: string): Promise<readonly string[]> {
    return samePerson(customer, this.besideNow());
  }

  private besideNow(own?: string): BesideNow {
    return new BesideNow(this.surroundings.events, this.streams, own);
  }

  private async context(
    request: AnyRequest,
    first: Recorded | undefined,
    now: string,
    beside: Beside,
  ): Promise<CommandContext> {
    const { aggregate, command, actor, commandId, occurredAt } = request;
    const rulesAt = this.rulesOf(programmeOf(request, first));
    const needs = (declaredCommand(aggregate, command.type)?.needs ?? []) as readonly Need[];
    const about = { request, customer: customerOf(request, first), beside };
    return {
      ...{ now, occurredAt, actor, commandId, rules: rulesAt(occurredAt ?? now), rulesAt, operators: 0 },
      ...(await answerTo(needs, about, this.surroundings)),
    };
  }

  private rulesOf(programme: string): (at: string) => CompiledRules | undefined {
    const books = this.surroundings.rules();
    return (at) => books.at(programme, at);
  }
}

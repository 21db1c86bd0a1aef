import type { DomainEvent } from '../../event-sourcing/event.js';
import { idOf } from '../../event-sourcing/identity.js';
import { stated } from '../../event-sourcing/stated.js';
import { shardOf } from '../../event-sourcing/shard.js';
import { BrokenHistory } from '../../recovery/case/broken-history.js';
import { caseDecider, type RecordedCaseEvent } from '../../recovery/case/case.js';
import type { CaseState, OpenedCase } from '../../recovery/case/case-state.js';
import { DECLARATIONS, type EventToAppend } from '../../recovery/history.js';
import type { CompiledRules } from '../../recovery/rules/compile.js';
import type { CompiledEmit, CompiledMapping, SaidBy } from './compile-mapping.js';
import { RowRejected, type Row } from './mapping.js';
import type { RowContext } from './row-context.js';
import { triagedAsOf } from './triage-as-of.js';

export interface NumberedRow {
  /** In the file, from 1. */
  readonly line: number;
  readonly row: Row;
}

export interface CaseRows {
  /** The case's number in the source. */
  readonly group: string;
  readonly rows: readonly NumberedRow[];
}

export interface Rejected {
  readonly line: number;
  readonly reason: string;
  readonly field?: string;
}

/** A row, and what of it an event says. */
export interface Origin {
  readonly line: number;
  readonly says: SaidBy;
}

export interface MappedCase {
  /** By stream, in the file's order. */
  readonly streams: ReadonlyMap<string, readonly EventToAppend[]>;
  readonly rejected: readonly Rejected[];
  /** The command ids of the rows taken, also of those that emit no event. */
  readonly taken: ReadonlySet<string>;
  /** Where each event comes from that the source says itself, by the event's id. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** Of the rows taken, those with a date in an hour that comes twice, read as the earlier. */
  readonly unclear: number;
  /** By number, the rules of the mapping whose condition held for a row. */
  readonly held: ReadonlySet<number>;
}

export interface CaseContext {
  readonly customer: string;
  readonly rules: CompiledRules['ruleSet'];
  /** The rules in force at a time, for a mapping that triages. */
  readonly rulesAt: (occurredAt: string) => CompiledRules;
  readonly recordedAt: string;
}

/** The same case has the same id in every file of a source. */
export const caseIdOf = (source: string, group: string): string => idOf(source, group);

/** The source's own id of the customer; undefined if the rows have none. */
export const customerOf = ({ mapping }: CompiledMapping, { rows }: CaseRows): string | undefined =>
  mapping.customer === undefined ? undefined : rows.map(({ row }) => row[mapping.customer ?? '']).find(Boolean);

/** The id of the rows' first event, which determines a new customer's id. */
export const firstEventOf = (compiled: CompiledMapping, { rows }: CaseRows): string =>
  eventIdOf(compiled, rows[0]?.row ?? {}, compiled.emits[0]?.type ?? '', 0);

/**
 * The events of one case. It rejects a row that is invalid, or whose events don't fold into the case, and compares the
 * next row with the last accepted one.
 */
export function mapCase(compiled: CompiledMapping, rows: CaseRows, context: CaseContext): MappedCase {
  const mapped = new CaseMapper(compiled, rows.group, context);
  for (const row of rows.rows) mapped.take(row);
  return mapped;
}

type ReceivedEvent = Extract<EventToAppend, { type: 'ResponseReceived' }>;

const NO_ROW: Row = {};

class CaseMapper implements MappedCase {
  readonly streams = new Map<string, EventToAppend[]>();
  readonly rejected: Rejected[] = [];
  private readonly caseId: string;
  private readonly caseStream: string;
  private readonly triages: boolean;
  private readonly responseId: string;
  private readonly shard: number;
  private readonly passed = new Set<number>();
  private readonly shown: boolean[];
  private readonly seen = new Map<string, number>();
  private previous: Row = NO_ROW;
  readonly taken = new Set<string>();
  readonly origins = new Map<string, Origin>();
  unclear = 0;
  readonly held = new Set<number>();
  private state = caseDecider.initialState;
  private answered = false;

  constructor(
    private readonly compiled: CompiledMapping,
    private readonly group: string,
    private readonly context: CaseContext,
  ) {
    this.caseId = caseIdOf(compiled.mapping.source, group);
    this.responseId = idOf(compiled.mapping.source, 'response', group);
    this.caseStream = `case-${this.caseId}`;
    this.triages = compiled.mapping.triage === 'as-of';
    this.shard = shardOf(context.customer);
    this.shown = compiled.backFilled.map(() => false);
  }

  take({ line, row: written }: NumberedRow): void {
    try {
      this.compiled.checkRow(written);
      const name = rowName(this.compiled, written);
      const before = this.seen.get(name);
      if (before !== undefined) throw new RowRejected(`It has the same id as line ${before}`);
      const shown = this.compiled.backFilled.map(({ until }, i) => this.shown[i] === true || until(written));
      const row = this.withoutBackFilled(written, shown);
      const commandId = idOf(this.compiled.mapping.source, name);
      const { events, state, answered, isUnclear, said } = this.eventsOf(row, commandId);
      for (const event of events) this.keep(event);
      for (const [id, says] of said) this.origins.set(id, { line, says });
      this.compiled.firstTimes.forEach((passes, number) => passes(row) && this.passed.add(number));
      shown.forEach((is, i) => (this.shown[i] = is));
      this.seen.set(name, line);
      this.taken.add(commandId);
      if (isUnclear) this.unclear += 1;
      this.previous = row;
      this.state = state;
      this.answered = answered;
    } catch (error) {
      if (!(error instanceof RowRejected)) throw error;
      this.rejected.push({ line, reason: error.message, field: error.field });
    }
  }

  private withoutBackFilled(row: Row, shown: readonly boolean[]): Row {
    const hidden = this.compiled.backFilled.filter((_, i) => !shown[i]);
    if (hidden.length === 0) return row;
    const visible: Record<string, string | undefined> = { ...row };
    for (const { columns } of hidden) for (const column of columns) visible[column] = undefined;
    return visible;
  }

  private eventsOf(
    row: Row,
    commandId: string,
  ): { events: EventToAppend[]; state: CaseState; answered: boolean; isUnclear: boolean; said: [string, SaidBy][] } {
    const { passed, previous, compiled } = this;
    const context = { row, previous, first: previous === NO_ROW, passed, rules: this.context.rules };
    const events: EventToAppend[] = [];
    const said: [string, SaidBy][] = [];
    const ordinals = new Map<string, number>();
    let { state, answered } = this;
    let isUnclear = false;
    for (const [index, emit] of compiled.emits.entries()) {
      if (!emit.when(context)) continue;
      this.held.add(index);
      // What a file says of a case that the rules did not open is of no case.
      if (this.triages && emit.type !== 'ResponseReceived' && state.now === undefined) continue;
      const ordinal = ordinals.get(emit.type) ?? 0;
      ordinals.set(emit.type, ordinal + 1);
      const id = eventIdOf(compiled, row, emit.type, ordinal);
      const data = { ...emit.data(context), ...this.given(emit, id, state.now) };
      said.push([id, emit.says]);
      const event = this.envelope(emit, { id, commandId }, row, data);
      if (event.type === 'ResponseReceived') {
        if (answered) throw new RowRejected('The case already has a response');
        answered = true;
        const decided = this.triaged(event, row, context);
        for (const one of decided) if (one.stream === this.caseStream) state = fold(state, one);
        events.push(event, ...decided);
      } else {
        state = fold(state, event);
        events.push(event);
      }
      isUnclear ||= emit.isUnclear(row);
    }
    return { events, state, answered, isUnclear, said };
  }

  private triaged(received: ReceivedEvent, row: Row, context: RowContext): readonly EventToAppend[] {
    if (!this.triages) return [];
    const at = received.occurredAt;
    const ownerNamed = this.compiled.emits.some(({ type, when }) => type === 'CaseAssigned' && when(context));
    const { rows, personal } = this.compiled.mapping;
    const reference = personal?.includes(rows.group) ? undefined : this.group;
    const asOf = { at, caseId: this.caseId, reference, ownerNamed };
    const decided = triagedAsOf(received.data, this.context.rulesAt(at), asOf);
    return decided.map(({ type, data }) => {
      const schemaVersion = DECLARATIONS[type].schemaVersion;
      const stream = type === 'ResponseTriaged' ? received.stream : this.caseStream;
      const id = eventIdOf(this.compiled, row, type, 0);
      // triagedAsOf makes what the declarations demand.
      return { ...received, id, type, schemaVersion, stream, data: stated(data) } as EventToAppend;
    });
  }

  /** Fields that the import fills in. */
  private given(emit: CompiledEmit, id: string, state: OpenedCase | undefined): Record<string, unknown> {
    const { source } = this.compiled.mapping;
    const { customer } = this.context;
    switch (emit.type) {
      case 'ResponseReceived':
        return { response: this.responseId, source, externalId: this.group, customer, commentLength: 0 };
      case 'CaseOpened':
        return { case: this.caseId, customer, ...(this.answersAResponse() ? { response: this.responseId } : {}) };
      case 'CaseMerged':
        return { customer };
      case 'CaseReopened':
        return { cycle: (state?.facts.cycle ?? 0) + 1 };
      case 'ResolutionOffered':
        return { offer: idOf(id, 'offer') };
      case 'OfferAuthorised':
      case 'OfferAnswered': {
        const last = state?.offers.at(-1);
        if (!last) throw new RowRejected(`${emit.type} needs an offer, and the case has none`);
        return { offer: last.id };
      }
      default:
        return {};
    }
  }

  private answersAResponse(): boolean {
    return this.compiled.emits.some(({ type }) => type === 'ResponseReceived');
  }

  private envelope(
    emit: CompiledEmit,
    { id, commandId }: Pick<EventToAppend, 'id' | 'commandId'>,
    row: Row,
    data: Record<string, unknown>,
  ): EventToAppend {
    const { source, programme } = this.compiled.mapping;
    const comment = data['comment'];
    if (emit.type === 'ResponseReceived' && typeof comment === 'string') data['commentLength'] = comment.length;
    const event: Omit<EventToAppend, 'type' | 'data'> & DomainEvent = {
      id,
      type: emit.type,
      schemaVersion: DECLARATIONS[emit.type].schemaVersion,
      stream: emit.type === 'ResponseReceived' ? `response-${this.responseId}` : this.caseStream,
      shard: this.shard,
      programme,
      occurredAt: emit.occurredAt(row),
      knownAt: emit.knownAt(row),
      recordedAt: this.context.recordedAt,
      actor: { id: source, role: 'source' },
      commandId,
      correlationId: this.caseId,
      causationId: commandId,
      imported: true,
      data,
    };
    // compile-set.ts has checked every field against the event's shape.
    return event as EventToAppend;
  }

  private keep(event: EventToAppend): void {
    const stream = this.streams.get(event.stream);
    if (stream) stream.push(event);
    else this.streams.set(event.stream, [event]);
  }
}

/** The position is unknown yet, and the fold doesn't read it. */
function fold(state: CaseState, event: EventToAppend): CaseState {
  const revision = (state.trail?.event.revision ?? 0) + 1;
  try {
    return caseDecider.evolve(state, { ...event, revision, position: '' } as RecordedCaseEvent);
  } catch (error) {
    if (error instanceof BrokenHistory) throw new RowRejected(error.message);
    throw error;
  }
}

const rowName = ({ mapping }: CompiledMapping, row: Row): string =>
  mapping.rows.id.map((column) => `${row[column]?.length ?? 0}:${row[column] ?? ''}`).join('');

const eventIdOf = (compiled: CompiledMapping, row: Row, type: string, ordinal: number): string =>
  idOf(compiled.mapping.source, rowName(compiled, row), type, ordinal);

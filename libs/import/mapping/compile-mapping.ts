import { checkFilter } from '../../filter/check-filter.js';
import type { Filter } from '../../filter/filter.js';
import { compileFilter } from '../../filter/predicate.js';
import {
  columnTypes,
  datesOf,
  readOperand,
  type ColumnTypes,
  type SeenTexts,
  type TypedColumn,
} from './column-types.js';
import { whensOf, withValues, type Path } from './comparisons.js';
import { compileSet, type ReadData } from './compile-set.js';
import { compileWhen, type Holds, type RowFilter } from './compile-when.js';
import { compileDates, compileRepeats, PatternRefused, type ReadInstant } from './dates.js';
import type { EventType } from '../../recovery/history.js';
import { IMPORTABLE, shapeOf } from './event-shapes.js';
import { RowRejected, type Emit, type Instant, type Mapping, type Row, type Value } from './mapping.js';

export interface CompiledEmit {
  readonly type: EventType;
  readonly when: Holds;
  readonly occurredAt: (row: Row) => string;
  readonly knownAt: (row: Row) => string;
  /** Whether a date of the event comes twice, and the mapping does not say which is meant. */
  readonly isUnclear: (row: Row) => boolean;
  readonly data: ReadData;
  readonly says: SaidBy;
}

/** The columns from which an event's times and fields come. A field from the rules in force is not the source's word. */
export interface SaidBy {
  readonly occurredAt: string;
  readonly knownAt: string;
  /** By field. None: a constant of the mapping. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

/** A mapping made ready to run over millions of rows. */
export interface CompiledMapping {
  readonly mapping: Mapping;
  /** Every column that it reads: the file must have them. */
  readonly columns: readonly string[];
  readonly emits: readonly CompiledEmit[];
  /** By number, the conditions whose first passing row counts. */
  readonly firstTimes: readonly RowFilter[];
  readonly backFilled: readonly { readonly columns: readonly string[]; readonly until: RowFilter }[];
  /** What the rows of a case are put in order by, where the mapping says so. */
  readonly order: readonly OrderKey[];
  /** What it took columns for that the mapping doesn't declare, in sentences. */
  readonly took: readonly string[];
  /** @throws RowRejected for a text that conditions can't compare as its column's type */
  readonly checkRow: (row: Row) => void;
  /** The mapping for a file whose first rows hold these texts. @throws MappingRefused if a condition can't hold for it */
  readonly fitTo: (seen: SeenTexts) => CompiledMapping;
  /** Where a part of it stands in the mapping's file. */
  readonly lineOf: (path: Path) => number;
}

/** What compiling alone makes of it, without the file that it stands in. */
type CompiledAlone = Omit<CompiledMapping, 'fitTo' | 'lineOf'>;

/** Dates come as instants, which sort as text however the source writes them. */
export type OrderKey = (row: Row) => string | undefined;

export type Report = (path: Path, message: string) => void;

/**
 * Reports every mistake that can be seen without a file, or in its first rows. Where there was none, the result can be
 * run.
 */
export const compileMapping = (mapping: Mapping, report: Report, seen: SeenTexts | undefined): CompiledAlone =>
  new MappingCompiler(mapping, report, seen).compile();

interface Dates {
  readonly toInstant: ReadInstant;
  readonly isUnclear: (text: string) => boolean;
}

class MappingCompiler {
  private readonly columns = new Set<string>();
  private readonly types: ColumnTypes;
  private readonly firstTimes: RowFilter[] = [];
  private readonly dates = new Map<string, Dates>();
  private readonly datesIn = new Map<string, ReadInstant>();

  constructor(
    private readonly mapping: Mapping,
    private readonly report: Report,
    seen: SeenTexts | undefined,
  ) {
    this.types = columnTypes(mapping, seen, report);
  }

  compile(): CompiledAlone {
    const { mapping, columns, firstTimes, types } = this;
    const { rows, customer, emit, backFilled = [] } = mapping;
    this.reads(rows.group, ...rows.id, ...(rows.order ?? []), ...(customer === undefined ? [] : [customer]));
    if (rows.order && rows.grouped === 'together') {
      this.report(
        ['rows', 'order'],
        'Rows that stand together are taken as they stand. Use it with "grouped: anywhere".',
      );
    }
    this.checkOpening();
    const compiledBackFilled = backFilled.map(({ columns: hidden, until }, index) => {
      this.reads(...hidden);
      return { columns: hidden, until: this.filter(until, ['backFilled', index, 'until']) };
    });
    const emits = emit.map((one, index) => this.emit(one, ['emit', index]));
    this.reads(...types.columns.keys());
    const order = (rows.order ?? []).map((column) =>
      orderKey(column, this.datesIn.get(column), types.columns.get(column)),
    );
    return {
      ...{ mapping, columns: [...columns], emits, firstTimes, backFilled: compiledBackFilled, order },
      ...{ took: types.took, checkRow: checkRow(types) },
    };
  }

  private checkOpening(): void {
    const { emit, triage } = this.mapping;
    const opening = emit.findIndex(({ type }) => type === 'CaseOpened');
    if (triage === undefined) {
      if (opening >= 0) return;
      const answers = emit.some(({ type }) => type === 'ResponseReceived');
      const orTriage = answers ? ', or "triage: as-of" let the rules open cases for responses' : '';
      return this.report(['emit'], `Nothing opens the case: one rule must emit CaseOpened${orTriage}.`);
    }
    if (opening >= 0)
      this.report(['emit', opening, 'type'], 'The rules open cases, by "triage: as-of": leave this out.');
    if (!emit.some(({ type }) => type === 'ResponseReceived'))
      this.report(['triage'], 'There is nothing to triage: one rule must emit ResponseReceived.');
    else if (emit[0]?.type !== 'ResponseReceived')
      this.report(['emit', 0, 'type'], 'ResponseReceived must come first: the others join the case that it opens.');
  }

  private reads(...columns: readonly string[]): void {
    for (const column of columns) this.columns.add(column);
  }

  private emit(emit: Emit, path: Path): CompiledEmit {
    if (!shapeOf(emit.type)) {
      const known = IMPORTABLE.join(', ');
      this.report([...path, 'type'], `"${emit.type}" is no event that a file can report. Use one of ${known}.`);
    }
    this.reads(...columnsOfEmit(emit));
    const when = compileWhen(
      emit.when,
      {
        filter: (filter, at) => this.filter(filter, at),
        firstTime: (filter, at) => this.firstTimes.push(this.filter(filter, at)) - 1,
      },
      [...path, 'when'],
    );
    const occurredAt = this.instant(emit.occurredAt, [...path, 'occurredAt']);
    const knownAt = emit.knownAt === undefined ? occurredAt : this.instant(emit.knownAt, [...path, 'knownAt']);
    return {
      type: emit.type as EventType,
      when,
      occurredAt: occurredAt.read,
      knownAt: knownAt.read,
      isUnclear: (row) => occurredAt.isUnclear(row) || knownAt.isUnclear(row),
      data: compileSet(
        emit.type,
        emit.set ?? {},
        (at, message) => this.report([...path, ...at], message),
        (column) => this.types.columns.get(column),
      ),
      says: saidBy(emit),
    };
  }

  private filter(filter: Filter, path: Path): RowFilter {
    const problems = checkFilter(filter);
    for (const problem of problems) this.report(path, `${problem.path ? `${problem.path}: ` : ''}${problem.message}`);
    if (problems.length > 0) return () => false;
    this.reads(...columnsOfFilter(filter));
    return compareAs(this.types, filter, this.mapping.zone);
  }

  private instant(instant: Instant, path: Path): { read(row: Row): string; isUnclear(row: Row): boolean } {
    const { column, dates } = typeof instant === 'string' ? { column: instant, dates: undefined } : instant;
    this.reads(column);
    const found = this.datesOf(
      dates ?? datesOf(this.mapping, column),
      dates === undefined ? ['dates'] : [...path, 'dates'],
    );
    if (!found) return { read: () => '', isUnclear: () => false };
    const { toInstant, isUnclear } = found;
    this.datesIn.set(column, toInstant);
    return {
      read(row) {
        const text = row[column];
        if (text === undefined) throw new RowRejected(`${column} is empty, and a date is needed`, column);
        try {
          return toInstant(text);
        } catch (error) {
          throw error instanceof RowRejected ? new RowRejected(error.message, column) : error;
        }
      },
      isUnclear: (row) => isUnclear(row[column] ?? ''),
    };
  }

  /** Undefined for a pattern that can't be read, which is reported. */
  private datesOf(pattern: string, path: Path): Dates | undefined {
    const known = this.dates.get(pattern);
    if (known) return known;
    try {
      const { zone, repeatedHour } = this.mapping;
      const compiled = {
        toInstant: compileDates(pattern, zone, repeatedHour),
        isUnclear: repeatedHour === undefined ? compileRepeats(pattern, zone) : () => false,
      };
      this.dates.set(pattern, compiled);
      return compiled;
    } catch (error) {
      if (!(error instanceof PatternRefused)) throw error;
      this.report(path, error.message);
      return undefined;
    }
  }
}

/** A filter over the texts of a row, which compares each column as its type. */
function compareAs({ columns }: ColumnTypes, filter: Filter, zone: string): RowFilter {
  const typed = columnsOfFilter(filter).flatMap((column) => {
    const type = columns.get(column);
    return type ? [[column, type] as const] : [];
  });
  if (typed.length === 0) return compileFilter<Row>(filter);
  const passes = compileFilter<Readonly<Record<string, unknown>>>(
    withValues(filter, (column, value) => {
      const type = columns.get(column);
      return (type && readOperand(type, value, zone)) ?? value;
    }),
  );
  return (row) => {
    const values: Record<string, unknown> = { ...row };
    for (const [column, { read }] of typed) {
      const text = row[column];
      values[column] = text === undefined ? undefined : read(text);
    }
    return passes(values);
  };
}

const checkRow =
  ({ columns }: ColumnTypes) =>
  (row: Row): void => {
    for (const [column, { read, what }] of columns) {
      const text = row[column];
      if (text !== undefined && read(text) === undefined)
        throw new RowRejected(`${column} must be ${what}, not "${text}"`, column);
    }
  };

function orderKey(column: string, toInstant: ReadInstant | undefined, type: TypedColumn | undefined): OrderKey {
  return (row) => {
    const text = row[column];
    if (text === undefined) return text;
    if (!toInstant) return type ? String(type.read(text) ?? text) : text;
    try {
      return toInstant(text);
    } catch (error) {
      if (error instanceof RowRejected) return text; // the row is rejected when its turn comes
      throw error;
    }
  };
}

function columnsOfEmit(emit: Emit): readonly string[] {
  const conditions = whensOf(emit).flatMap(({ when: { changed = [], unchanged = [] } }) => [...changed, ...unchanged]);
  return [...conditions, ...Object.values(emit.set ?? {}).flatMap(columnsOfValue)];
}

function columnsOfValue(value: Value): readonly string[] {
  if (typeof value !== 'object') return [];
  if ('column' in value) return [value.column];
  if ('previous' in value) return [value.previous];
  if ('path' in value) return value.path;
  if ('scores' in value) return Object.values(value.scores);
  if ('money' in value) {
    const { amount, currency } = value.money;
    return typeof currency === 'string' ? [amount] : [amount, currency.column];
  }
  return [];
}

const columnOfInstant = (instant: Instant): string => (typeof instant === 'string' ? instant : instant.column);

function saidBy({ occurredAt, knownAt = occurredAt, set = {} }: Emit): SaidBy {
  const ofSource = Object.entries(set).filter(([, value]) => !(typeof value === 'object' && 'rule' in value));
  return {
    occurredAt: columnOfInstant(occurredAt),
    knownAt: columnOfInstant(knownAt),
    fields: Object.fromEntries(ofSource.map(([field, value]) => [field, columnsOfValue(value)])),
  };
}

function columnsOfFilter(filter: Filter): readonly string[] {
  return Object.entries(filter).flatMap(([name, value]): readonly string[] =>
    name.startsWith('$') ? (value as readonly Filter[]).flatMap(columnsOfFilter) : [name],
  );
}

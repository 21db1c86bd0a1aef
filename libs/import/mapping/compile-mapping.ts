import { checkFilter } from '../../filter/check-filter.js';
import type { Filter } from '../../filter/filter.js';
import { compileFilter } from '../../filter/predicate.js';
import { compileSet, type ReadData } from './compile-set.js';
import { compileWhen, type Holds, type RowFilter } from './compile-when.js';
import { compileDates, PatternRefused, type ReadInstant } from './dates.js';
import { EVENT_SHAPES, shapeOf, type ImportableType } from './event-shapes.js';
import { RowRejected, type Emit, type Instant, type Mapping, type Row, type When } from './mapping.js';

export interface CompiledEmit {
  readonly type: ImportableType;
  readonly when: Holds;
  readonly occurredAt: (row: Row) => string;
  readonly knownAt: (row: Row) => string;
  readonly data: ReadData;
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
}

/** Dates come as instants, which sort as text however the source writes them. */
export type OrderKey = (row: Row) => string | undefined;

export type Report = (path: readonly (string | number)[], message: string) => void;

/** Reports every mistake that can be seen without a file. Where there was none, the result can be run. */
export function compileMapping(mapping: Mapping, report: Report): CompiledMapping {
  const columns = new Set<string>([mapping.rows.group, ...mapping.rows.id, ...(mapping.rows.order ?? [])]);
  if (mapping.customer !== undefined) columns.add(mapping.customer);
  const firstTimes: RowFilter[] = [];
  const dates = new Map<string, ReadInstant>();
  const datesIn = new Map<string, ReadInstant>();

  const filterAt =
    (path: readonly (string | number)[]) =>
    (filter: Filter): RowFilter => {
      const problems = checkFilter(filter);
      for (const problem of problems) report(path, `${problem.path ? `${problem.path}: ` : ''}${problem.message}`);
      if (problems.length > 0) return () => false;
      for (const column of columnsOfFilter(filter)) columns.add(column);
      return compileFilter<Row>(filter);
    };

  const instantAt = (instant: Instant, path: readonly (string | number)[]): ((row: Row) => string) => {
    const { column, dates: pattern = mapping.dates } = typeof instant === 'string' ? { column: instant } : instant;
    columns.add(column);
    let read = dates.get(pattern);
    if (!read) {
      try {
        read = compileDates(pattern, mapping.zone);
      } catch (error) {
        if (!(error instanceof PatternRefused)) throw error;
        report(
          typeof instant !== 'string' && instant.dates !== undefined ? [...path, 'dates'] : ['dates'],
          error.message,
        );
        return () => '';
      }
      dates.set(pattern, read);
    }
    const toInstant = read;
    datesIn.set(column, toInstant);
    return (row) => {
      const text = row[column];
      if (text === undefined) throw new RowRejected(`${column} is empty, and a date is needed`, column);
      try {
        return toInstant(text);
      } catch (error) {
        throw error instanceof RowRejected ? new RowRejected(error.message, column) : error;
      }
    };
  };

  const compileEmit = (emit: Emit, index: number): CompiledEmit => {
    const path = ['emit', index] as const;
    if (!shapeOf(emit.type)) {
      const known = Object.keys(EVENT_SHAPES).join(', ');
      report([...path, 'type'], `"${emit.type}" is no event that a file can report. Use one of ${known}.`);
    }
    for (const column of columnsOfEmit(emit)) columns.add(column);
    const when = compileWhen(emit.when, filterAt([...path, 'when']), (filter) => {
      firstTimes.push(filterAt([...path, 'when', 'firstTime'])(filter));
      return firstTimes.length - 1;
    });
    const occurredAt = instantAt(emit.occurredAt, [...path, 'occurredAt']);
    return {
      type: emit.type as ImportableType,
      when,
      occurredAt,
      knownAt: emit.knownAt === undefined ? occurredAt : instantAt(emit.knownAt, [...path, 'knownAt']),
      data: compileSet(emit.type, emit.set ?? {}, (at, message) => report([...path, ...at], message)),
    };
  };

  if (mapping.rows.order && mapping.rows.grouped === 'together') {
    report(['rows', 'order'], 'Rows that stand together are taken as they stand. Use it with "grouped: anywhere".');
  }
  if (!mapping.emit.some(({ type }) => type === 'CaseOpened')) {
    report(['emit'], 'Nothing opens the case: one rule must emit CaseOpened.');
  }
  const backFilled = (mapping.backFilled ?? []).map(({ columns: hidden, until }, index) => {
    hidden.forEach((column) => columns.add(column));
    return { columns: hidden, until: filterAt(['backFilled', index, 'until'])(until) };
  });
  const emits = mapping.emit.map(compileEmit);
  const order = (mapping.rows.order ?? []).map((column) => orderKey(column, datesIn.get(column)));
  return { mapping, columns: [...columns], emits, firstTimes, backFilled, order };
}

function orderKey(column: string, toInstant: ReadInstant | undefined): OrderKey {
  return (row) => {
    const text = row[column];
    if (text === undefined || !toInstant) return text;
    try {
      return toInstant(text);
    } catch (error) {
      if (error instanceof RowRejected) return text; // the row is rejected when its turn comes
      throw error;
    }
  };
}

const whensOf = ({ when }: Emit): readonly When[] =>
  when === undefined ? [] : Array.isArray(when) ? (when as readonly When[]) : [when as When];

function columnsOfEmit(emit: Emit): readonly string[] {
  const conditions = whensOf(emit).flatMap(({ changed = [], unchanged = [] }) => [...changed, ...unchanged]);
  const values = Object.values(emit.set ?? {}).flatMap((value): readonly string[] => {
    if (typeof value !== 'object') return [];
    if ('column' in value) return [value.column];
    if ('previous' in value) return [value.previous];
    if ('path' in value) return value.path;
    if ('scores' in value) return Object.values(value.scores);
    return [];
  });
  return [...conditions, ...values];
}

function columnsOfFilter(filter: Filter): readonly string[] {
  return Object.entries(filter).flatMap(([name, value]): readonly string[] =>
    name.startsWith('$') ? (value as readonly Filter[]).flatMap(columnsOfFilter) : [name],
  );
}

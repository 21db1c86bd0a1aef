import type { Filter } from '../../filter/filter.js';
import type { Metric } from '../../recovery/vocabulary/scales.js';
import type { NumberStyle } from './numbers.js';

/**
 * How a source's file becomes events. One mapping describes one source (YAML or JSON, schema in
 * mappings/mapping.schema.json). The file's first line names its columns.
 */
export interface Mapping {
  /** The line of work that the cases belong to. */
  readonly programme: string;
  readonly title: string;
  /** The source's permanent name: part of every id, and the actor of every event. */
  readonly source: string;
  /** The data's origin and licence. */
  readonly notice?: string;
  /** The rule set to start from if the programme has none: a path, relative to the mapping's folder. */
  readonly pack: string;
  readonly format: { readonly type: 'csv'; readonly delimiter?: string; readonly encoding?: Encoding };
  readonly zone: string;
  /** The dates' pattern: tokens d dd M MM yyyy H HH m mm s ss SSS, or `iso` for ISO 8601 with an offset. */
  readonly dates: string;
  /** Default: earlier, and the import counts the rows. */
  readonly repeatedHour?: RepeatedHour;
  /** How the source writes numbers; default: what the first rows show. */
  readonly numbers?: NumberStyle;
  /** What conditions compare columns as; default: as what they compare them with, if the first rows say so too. */
  readonly columns?: Readonly<Record<string, ColumnDeclared>>;
  /** Texts that mean "no value", as the empty text does. */
  readonly empty?: readonly string[];
  readonly rows: {
    /** The case's number in the source: rows with the same value belong to one case. */
    readonly group: string;
    /** `together`: a case's rows follow one another, and the import streams them. `anywhere`: memory holds the file. */
    readonly grouped: 'together' | 'anywhere';
    /** With `anywhere`: the columns to sort a case's rows by; default: the file's order. */
    readonly order?: readonly string[];
    /** Columns that together identify a row for ever. */
    readonly id: readonly string[];
  };
  /** The column with the source's own id of the customer; absent or empty: each case has its own customer. */
  readonly customer?: string;
  /** Columns with a person's words, name or id, which a rejects file omits. */
  readonly personal?: readonly string[];
  /** Columns that the source fills in backwards: empty for the import until a row of the case matches `until`. */
  readonly backFilled?: readonly { readonly columns: readonly string[]; readonly until: Filter }[];
  /** `as-of`: the rules in force when a response occurred decide whether it opens a case, as if it had come in then. */
  readonly triage?: 'as-of';
  readonly emit: readonly Emit[];
}

/** Which one a date without an offset means of an hour that comes twice, when clocks go back; `reject`: neither. */
export type RepeatedHour = (typeof REPEATED_HOUR)[number];
export const REPEATED_HOUR = ['earlier', 'later', 'reject'] as const;
export const ENCODINGS = ['utf-8', 'windows-1252', 'utf-16le'] as const;
export type Encoding = (typeof ENCODINGS)[number];

export const COLUMN_TYPES = ['text', 'number', 'boolean', 'date'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** A type, with how this column writes it if it differs from the mapping's. */
export type ColumnDeclared =
  ColumnType | { readonly type: ColumnType; readonly numbers?: NumberStyle; readonly dates?: string };

/** A rule that emits an event for a row. Events have the order of their rules. */
export interface Emit {
  readonly type: string;
  /** Absent: every row. A list: rows that match any of it. */
  readonly when?: When | readonly When[];
  readonly occurredAt: Instant;
  /** Default: as occurredAt. */
  readonly knownAt?: Instant;
  readonly set?: Readonly<Record<string, Value>>;
}

/** All parts must match. Before a case's first row, every column is empty. */
export interface When {
  readonly first?: boolean;
  /** Any of these columns differs from the row before. */
  readonly changed?: readonly string[];
  /** None of these columns differs from the row before. */
  readonly unchanged?: readonly string[];
  readonly row?: Filter;
  readonly previous?: Filter;
  /** The case's first row that matches. */
  readonly firstTime?: Filter;
}

/** A column with a date, and its pattern if it differs from the mapping's. */
export type Instant = string | { readonly column: string; readonly dates?: string };

/**
 * The value of an event's field; text, numbers, booleans and lists are constants. An empty value omits the field, or
 * rejects the row if the event needs the field.
 */
export type Value =
  | string
  | number
  | boolean
  | readonly string[]
  | {
      readonly column: string;
      /** The value for each text. Without `otherwise`, the import rejects other texts. */
      readonly map?: Readonly<Record<string, string>>;
      /** For an empty column, or a text that `map` doesn't list. */
      readonly otherwise?: string;
    }
  /** The column's value in the row before. */
  | { readonly previous: string }
  /**
   * Columns' values, from the coarsest level to the finest. It omits empty levels, except that `blank` replaces those
   * before the last value, so that no level moves up.
   */
  | { readonly path: readonly string[]; readonly blank?: string }
  /** Survey answers: the column of each metric. */
  | { readonly scores: { readonly [metric in Metric]?: string } }
  /** An amount, in units of its currency (ISO 4217), which is the same in all rows or stands in a column. */
  | { readonly money: { readonly amount: string; readonly currency: string | { readonly column: string } } }
  /** A field of the rule set in force. */
  | { readonly rule: 'fallbackOwner' };

/** A row of the file: each column's text, undefined if empty. */
export type Row = Readonly<Record<string, string | undefined>>;

/** A row that the import rejects. */
export class RowRejected extends Error {
  constructor(
    message: string,
    readonly field?: string,
  ) {
    super(message);
    this.name = 'RowRejected';
  }
}

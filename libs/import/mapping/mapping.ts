import type { Filter } from '../../filter/filter.js';
import type { Metric } from '../../recovery/response/response-events.js';

/**
 * How a source's file becomes events: data, no code. One file describes one source (YAML or JSON, schema in
 * mappings/mapping.schema.json). Columns are named as in the file's first line.
 */
export interface Mapping {
  /** The line of work that the cases belong to. */
  readonly programme: string;
  readonly title: string;
  /** Names the source for good: it is part of every id, and the actor of every event. */
  readonly source: string;
  /** Where the data is from and under what licence. */
  readonly notice?: string;
  /** The rule set to start from where the programme has none: a path, from the mapping's own folder. */
  readonly pack: string;
  readonly format: { readonly type: 'csv'; readonly delimiter?: string };
  readonly zone: string;
  /** How dates are written: tokens d dd M MM yyyy H HH m mm s ss SSS, or `iso` for ISO 8601 with an offset. */
  readonly dates: string;
  /** Texts that say "nothing here". The empty text always does. */
  readonly empty?: readonly string[];
  readonly rows: {
    /** Rows with the same value tell of the same case. It is the case's number in the source. */
    readonly group: string;
    /** `together`: a case's rows follow one another (read as a stream). `anywhere`: the file is held in memory. */
    readonly grouped: 'together' | 'anywhere';
    /** With `anywhere`: columns by which a case's rows are put in order; default: as they stand in the file. */
    readonly order?: readonly string[];
    /** Columns that together name a row for good. */
    readonly id: readonly string[];
  };
  /** The column with the source's own id of the customer; absent or empty: each case is a customer of its own. */
  readonly customer?: string;
  /** Columns that hold a person's words, name or id: never written to a rejects file. */
  readonly personal?: readonly string[];
  /** Columns that the source fills in backwards: read as empty until a row of the case passes `until`. */
  readonly backFilled?: readonly { readonly columns: readonly string[]; readonly until: Filter }[];
  readonly emit: readonly Emit[];
}

/** An event for a row. Rules are tried in the order written, which is the order of the events. */
export interface Emit {
  readonly type: string;
  /** Absent: for every row. A list: where any of them holds. */
  readonly when?: When | readonly When[];
  readonly occurredAt: Instant;
  /** Default: as occurredAt. */
  readonly knownAt?: Instant;
  readonly set?: Readonly<Record<string, Value>>;
}

/** All parts must hold. Before the first row of a case everything is empty. */
export interface When {
  readonly first?: boolean;
  /** Any of these columns differs from the row before. */
  readonly changed?: readonly string[];
  /** None of these columns differs from the row before. */
  readonly unchanged?: readonly string[];
  readonly row?: Filter;
  readonly previous?: Filter;
  /** The first row of the case that passes. */
  readonly firstTime?: Filter;
}

/** A column with a date; with a pattern of its own where it differs from the mapping's. */
export type Instant = string | { readonly column: string; readonly dates?: string };

/**
 * What a field of an event is set to. A plain text, number, boolean or list is itself. A field whose value is empty
 * is left out; where the event needs it, the row is rejected.
 */
export type Value =
  | string
  | number
  | boolean
  | readonly string[]
  | {
      readonly column: string;
      /** What each text becomes; a text that is not listed is rejected, unless there is an `otherwise`. */
      readonly map?: Readonly<Record<string, string>>;
      /** Taken where the column is empty or the map does not list it. */
      readonly otherwise?: string;
    }
  /** The column as the row before had it. */
  | { readonly previous: string }
  /**
   * A list of columns' values, from the coarsest level to the finest. Empty levels at its end are left out, and so
   * are those before, unless `blank` says what stands in their place so that no level moves up.
   */
  | { readonly path: readonly string[]; readonly blank?: string }
  /** Survey answers: the column of each metric. */
  | { readonly scores: { readonly [metric in Metric]?: string } }
  /** A field of the rule set in force. */
  | { readonly rule: 'fallbackOwner' };

/** A row of the file: a text for each column, undefined where it is empty. */
export type Row = Readonly<Record<string, string | undefined>>;

/** A row that can't be used: which field and why, in a sentence. */
export class RowRejected extends Error {
  constructor(
    message: string,
    readonly field?: string,
  ) {
    super(message);
    this.name = 'RowRejected';
  }
}

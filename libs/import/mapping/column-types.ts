import { checkFilter } from '../../filter/check-filter.js';
import type { Scalar } from '../../filter/filter.js';
import { amountsOf, comparisonsOf, filtersOf, type Comparison, type Path } from './comparisons.js';
import { compileDates, PatternRefused, type ReadInstant } from './dates.js';
import { RowRejected, type ColumnDeclared, type ColumnType, type Mapping } from './mapping.js';
import { compileNumbers, stylesOf, type NumberStyle } from './numbers.js';

/** The different texts of each column in a file's first rows, without the empty ones. */
export type SeenTexts = ReadonlyMap<string, ReadonlySet<string>>;

/** A column that conditions compare as something else than text. */
export interface TypedColumn {
  readonly type: Exclude<ColumnType, 'text'>;
  /** Such as `a number such as 1.234,5`. */
  readonly what: string;
  /** Undefined for a text that is none. */
  readonly read: (text: string) => number | string | boolean | undefined;
}

export interface ColumnTypes {
  readonly columns: ReadonlyMap<string, TypedColumn>;
  /** What it took columns for that the mapping doesn't declare, in sentences. */
  readonly took: readonly string[];
}

type Report = (path: Path, message: string) => void;

/**
 * What conditions compare each column as: as the mapping declares, else as what they compare it with, if the first rows
 * say so too. It reports a condition that no row can meet. @param seen undefined if no file was read yet
 */
export function columnTypes(mapping: Mapping, seen: SeenTexts | undefined, report: Report): ColumnTypes {
  const found = new TypeFinder(mapping, seen, report);
  found.find();
  return found;
}

/** Reads a condition's value as its column's type: a date also as yyyy-MM-dd or with an offset. */
export function readOperand({ type, read }: TypedColumn, value: Scalar, zone: string): Scalar | undefined {
  if (value === null) return null;
  switch (type) {
    case 'number':
      return typeof value === 'number' ? value : typeof value === 'string' ? (read(value) ?? plain(value)) : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : typeof value === 'string' ? read(value) : undefined;
    case 'date':
      if (typeof value !== 'string') return undefined;
      return (
        read(value) ?? instantOf(compileDates('yyyy-MM-dd', zone))(value) ?? instantOf(compileDates('iso', zone))(value)
      );
  }
}

const plain = compileNumbers('1234.5');

class TypeFinder implements ColumnTypes {
  readonly columns = new Map<string, TypedColumn>();
  readonly took: string[] = [];

  constructor(
    private readonly mapping: Mapping,
    private readonly seen: SeenTexts | undefined,
    private readonly report: Report,
  ) {}

  find(): void {
    const sound = filtersOf(this.mapping).filter(({ filter }) => checkFilter(filter).length === 0);
    const compared = Map.groupBy(sound.flatMap(comparisonsOf), ({ column }) => column);
    const amounts = new Map(amountsOf(this.mapping).map(({ column, path }) => [column, path]));
    for (const [column, declared] of Object.entries(this.mapping.columns ?? {})) {
      this.checkAmount(declared, amounts.get(column));
      amounts.delete(column);
      this.declared(column, declared, compared.get(column) ?? []);
      compared.delete(column);
    }
    if (!this.seen) return;
    for (const [column, path] of amounts) {
      this.number(column, compared.get(column) ?? [], `${column} holds amounts`, path);
      compared.delete(column);
    }
    for (const [column, comparisons] of compared) this.undeclared(column, comparisons);
  }

  private checkAmount(declared: ColumnDeclared, amount: Path | undefined): void {
    const type = typeof declared === 'string' ? declared : declared.type;
    if (amount && type !== 'number') this.report(amount, `An amount is a number, and "columns" calls it ${type}.`);
  }

  private declared(column: string, said: ColumnDeclared, comparisons: readonly Comparison[]): void {
    const { type, numbers, dates } =
      typeof said === 'string' ? { type: said, numbers: undefined, dates: undefined } : said;
    const path = ['columns', column];
    if (numbers !== undefined && type !== 'number') this.report([...path, 'numbers'], 'Only a number has this.');
    if (dates !== undefined && type !== 'date') this.report([...path, 'dates'], 'Only a date has this.');
    if (type === 'text') return this.checkText(column, comparisons);
    const typed = this.typed(column, type, numbers ?? this.mapping.numbers ?? '1234.5', dates);
    if (!typed) return;
    this.take(column, typed, comparisons, path);
  }

  private checkText(column: string, comparisons: readonly Comparison[]): void {
    for (const { value, path } of comparisons.flatMap(({ values }) => values)) {
      if (typeof value !== 'string')
        this.report(path, `${column} is declared as text, and ${value} is none. Write '${value}' in quotes.`);
    }
  }

  private take(column: string, typed: TypedColumn, comparisons: readonly Comparison[], path: Path): void {
    const values = comparisons.flatMap((comparison) => comparison.values);
    for (const { value, path: at } of values) {
      if (readOperand(typed, value, this.mapping.zone) === undefined)
        this.report(at, `${column} is compared as ${typed.what}, and ${quoted(value)} is none.`);
    }
    const texts = this.textsOf(column);
    if (texts.length > 0 && texts.every((text) => typed.read(text) === undefined)) {
      this.report(
        values[0]?.path ?? path,
        `No row can hold this: ${column} must be ${typed.what}, and the file has ${this.shown(column, texts)}. Change the type under "columns".`,
      );
    }
    this.columns.set(column, typed);
  }

  private undeclared(column: string, comparisons: readonly Comparison[]): void {
    const values = comparisons.flatMap((comparison) => comparison.values);
    const texts = this.textsOf(column);
    const inOrder = comparisons.some(({ operator }) => ORDERED.has(operator));
    const number = values.find(({ value }) => typeof value === 'number');
    if (number)
      return this.number(column, comparisons, `${column} is compared with the number ${number.value}`, number.path);
    const boolean = values.find(({ value }) => typeof value === 'boolean');
    if (boolean) return this.boolean(column, comparisons, texts, boolean);
    // Texts are in order by their letters, in which 9 comes after 10, and 02.01. before 03.12. of the year before.
    if (inOrder && texts.length > 0) this.inOrder(column, comparisons, texts);
  }

  private textsOf(column: string): readonly string[] {
    return [...(this.seen?.get(column) ?? [])];
  }

  /** @param because why it must be a number */
  private number(column: string, comparisons: readonly Comparison[], because: string, path: Path): void {
    const { numbers } = this.mapping;
    const texts = this.textsOf(column);
    const [style = '1234.5', other] = numbers === undefined ? stylesOf(texts) : [numbers];
    const typed = numberColumn(style);
    const unread = texts.filter((text) => typed.read(text) === undefined);
    if (unread.length > 0) {
      return this.report(
        path,
        `${because}, and the file has ${this.shown(column, unread)}, not ${typed.what}. Say how numbers are written, such ` +
          `as numbers: '1.234,5', ${HOW_TO_GO_ON(column)}. To compare texts, write them in quotes.`,
      );
    }
    if (other !== undefined) {
      const text = texts.find((one) => compileNumbers(other)(one) !== typed.read(one)) ?? '';
      return this.report(
        path,
        `${quoted(text)} in ${column} is ${typed.read(text)} or ${compileNumbers(other)(text)}. ` +
          `Say which: numbers: ${quoted(style)} or numbers: ${quoted(other)}.`,
      );
    }
    this.tookFor(column, typed, comparisons, texts);
  }

  private boolean(column: string, comparisons: readonly Comparison[], texts: readonly string[], first: Value): void {
    const unread = texts.filter((text) => BOOLEAN.read(text) === undefined);
    if (unread.length === 0) return this.tookFor(column, BOOLEAN, comparisons, texts);
    this.report(
      first.path,
      `${column} is compared with ${first.value}, and the file has ${this.shown(column, unread)}, neither true nor false. ` +
        `To compare texts, write '${first.value}' in quotes; else ${HOW_TO_GO_ON(column)}.`,
    );
  }

  private inOrder(column: string, comparisons: readonly Comparison[], texts: readonly string[]): void {
    const { numbers } = this.mapping;
    const [style, other] = numbers === undefined ? stylesOf(texts) : [numbers];
    const candidates = [
      style === undefined || other !== undefined ? undefined : numberColumn(style),
      this.typed(column, 'date', style ?? '1234.5', undefined),
    ];
    const typed = candidates.find(
      (candidate) =>
        candidate &&
        texts.every((text) => candidate.read(text) !== undefined) &&
        comparisons.every(({ values }) =>
          values.every(({ value }) => readOperand(candidate, value, this.mapping.zone) !== undefined),
        ),
    );
    if (typed) this.tookFor(column, typed, comparisons, texts);
  }

  private tookFor(
    column: string,
    typed: TypedColumn,
    comparisons: readonly Comparison[],
    texts: readonly string[],
  ): void {
    if (texts.length > 0) this.took.push(`Took ${column} for ${typed.what}: ${this.shown(column, texts)}.`);
    this.take(column, typed, comparisons, ['columns']);
  }

  /** Not what a person said or is called. */
  private shown(column: string, texts: readonly string[]): string {
    return this.mapping.personal?.includes(column) ? 'texts that are personal' : three(texts);
  }

  private typed(
    column: string,
    type: Exclude<ColumnType, 'text'>,
    numbers: NumberStyle,
    dates: string | undefined,
  ): TypedColumn | undefined {
    if (type === 'number') return numberColumn(numbers);
    if (type === 'boolean') return BOOLEAN;
    const pattern = dates ?? datesOf(this.mapping, column);
    try {
      const read = instantOf(compileDates(pattern, this.mapping.zone, this.mapping.repeatedHour));
      return { type, what: pattern === 'iso' ? 'an instant with an offset' : `a date written as ${pattern}`, read };
    } catch (error) {
      if (!(error instanceof PatternRefused)) throw error;
      if (dates !== undefined) this.report(['columns', column, 'dates'], error.message);
      return undefined; // the mapping's own pattern is reported where it stands
    }
  }
}

type Value = Comparison['values'][number];

const ORDERED: ReadonlySet<string> = new Set(['$gt', '$gte', '$lt', '$lte']);

const HOW_TO_GO_ON = (column: string): string =>
  `list what means nothing under "empty", or declare ${column} under "columns" to reject such rows`;

const numberColumn = (style: NumberStyle): TypedColumn => ({
  type: 'number',
  what: `a number such as ${style}`,
  read: compileNumbers(style),
});

const BOOLEAN: TypedColumn = {
  type: 'boolean',
  what: 'true or false',
  read: (text) => (/^true$/i.test(text) ? true : /^false$/i.test(text) ? false : undefined),
};

const instantOf =
  (read: ReadInstant) =>
  (text: string): string | undefined => {
    try {
      return read(text);
    } catch (error) {
      if (error instanceof RowRejected) return undefined;
      throw error;
    }
  };

/** The pattern of a column's dates: its own, or that of an event which happens then, or the mapping's. */
export function datesOf({ columns, emit, dates }: Mapping, column: string): string {
  const declared = columns?.[column];
  if (typeof declared === 'object' && declared.dates !== undefined) return declared.dates;
  const instants = emit.flatMap(({ occurredAt, knownAt }) =>
    knownAt === undefined ? [occurredAt] : [occurredAt, knownAt],
  );
  const own = instants.find((instant) => typeof instant === 'object' && instant.column === column && instant.dates);
  return typeof own === 'object' ? (own.dates ?? dates) : dates;
}

const quoted = (value: unknown): string => JSON.stringify(value);

const MOST_SHOWN = 3;

/** Up to three texts. */
export const three = (texts: Iterable<string>): string => {
  const shown = [...texts]
    .slice(0, MOST_SHOWN)
    .map((text) => quoted(text.length > 40 ? `${text.slice(0, 37)}...` : text));
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
};

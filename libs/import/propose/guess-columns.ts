import { METRICS, SCALES, type Metric } from '../../recovery/vocabulary/scales.js';
import { isCurrency } from '../mapping/currencies.js';
import { compileDates } from '../mapping/dates.js';
import { RowRejected } from '../mapping/mapping.js';
import { stylesOf, type NumberStyle } from '../mapping/numbers.js';
import { plainOf, WORDS } from './header-words.js';
import type { Sample } from './sample.js';

/** What a file's columns seem to be. All of it is a guess for a person to correct. */
export interface Guess {
  /** The pattern of most date columns, and another one that fits as well, such as M/d/yyyy. */
  readonly dates: { readonly pattern: string; readonly columns: readonly string[]; readonly orElse?: string };
  /** Undefined where no number has a separator. */
  readonly numbers:
    | {
        readonly style: NumberStyle;
        readonly columns: readonly string[];
        readonly orElse?: NumberStyle;
      }
    | undefined;
  /** Texts that mean nothing. */
  readonly empty: readonly string[];
  readonly group: string;
  /** Whether each row has a case of its own. */
  readonly rowIsCase: boolean;
  readonly together: boolean;
  readonly id: readonly string[];
  readonly scores: readonly {
    readonly column: string;
    readonly metric: Metric;
    readonly from: number;
    readonly to: number;
  }[];
  readonly personal: readonly string[];
  readonly customer?: string;
  readonly comment?: string;
  readonly received: string;
  /** Where a case has several rows: when each of them happened. */
  readonly at: string;
  readonly contacted?: string;
  readonly closed?: string;
  readonly owner?: string;
  readonly team?: string;
  readonly priority?: string;
  readonly touchpoint?: string;
  readonly product?: string;
  readonly amount?: { readonly column: string; readonly currency: string };
  readonly status?: { readonly column: string; readonly done: readonly string[] };
}

interface Column {
  readonly name: string;
  /** For words in it: small letters without marks. */
  readonly plain: string;
  /** Without the empty ones. */
  readonly texts: readonly string[];
  readonly patterns: readonly string[];
  readonly styles: readonly NumberStyle[];
}

const DAYS = [
  'yyyy-MM-dd',
  'dd.MM.yyyy',
  'd.M.yyyy',
  'dd/MM/yyyy',
  'd/M/yyyy',
  'MM/dd/yyyy',
  'M/d/yyyy',
  'dd-MM-yyyy',
  'yyyy/MM/dd',
];
const TIMES = ['', ' HH:mm', ' HH:mm:ss', ' H:mm', ' H:mm:ss', 'THH:mm', 'THH:mm:ss', ', HH:mm'];
const PATTERNS = ['iso', ...TIMES.flatMap((time) => DAYS.map((day) => `${day}${time}`))];
const READERS = PATTERNS.map((pattern) => [pattern, compileDates(pattern, 'Etc/UTC')] as const);

/** Texts by which sources say that they have none. */
const EMPTIES: readonly string[] = ['?', '-', 'n/a', 'N/A', 'NULL', 'null', '\\N', '#N/A', 'k. A.', 'k.A.'];

/** Undefined if no column has dates: without one nothing can have happened. */
export function guessColumns({ header, rows }: Sample): Guess | undefined {
  const empty = EMPTIES.filter((text) => rows.some((row) => row.includes(text)));
  const columns = columnsOf({ header, rows }, empty);
  const dates = guessDates(columns);
  if (!dates) return undefined;
  const inPattern = columns.filter(({ name }) => dates.columns.includes(name));
  const others = columns.filter(({ patterns }) => patterns.length === 0);
  const named = (word: keyof typeof WORDS, among = others): Column | undefined =>
    among.find(({ plain }) => WORDS[word].test(plain));

  const contacted = named('contacted', inPattern);
  const closed = named('closed', inPattern);
  const notLater = inPattern.filter((column) => column !== contacted && column !== closed);
  const received = named('received', notLater) ?? notLater[0] ?? inPattern[0];
  if (!received) return undefined;

  const customer = others.find(({ plain }) => WORDS.customer.test(plain) && !WORDS.person.test(plain));
  const { group, rowIsCase } = groupOf(
    columns,
    others.filter((column) => column !== customer),
    rows.length,
    received,
  );
  const scores = others.flatMap((column) => (column.name === group.name ? [] : scoreOf(column)));
  const comment = named('comment') ?? others.find(({ texts }) => lengthOf(texts) > 40);
  const owner = named('owner');
  const amount = others.find(({ plain, styles }) => styles.length > 0 && WORDS.amount.test(plain));
  const currency = amount && currencyOf(amount.name);
  const status = named('status');
  const personal = columns.filter((column) => [customer, comment, owner].includes(column) || seemsPersonal(column));
  const groups = rows.map((row) => row[header.indexOf(group.name)] ?? '');
  const at = named('updated', notLater) ?? mostDifferent(notLater) ?? received;
  const left = others.filter((column) => ![group, amount, status, ...personal].includes(column));
  const free = takerOf(left);
  return {
    ...{ dates, numbers: guessNumbers(others), empty },
    ...{ group: group.name, rowIsCase, together: standTogether(groups) },
    id: rowIsCase ? [group.name] : idOf(header, rows, group.name, at.name),
    ...{ scores, personal: personal.map(({ name }) => name) },
    ...rolesOf({
      customer,
      comment,
      contacted,
      closed,
      owner,
      team: free('team'),
      priority: free('priority') ?? free('urgency'),
      touchpoint: free('touchpoint'),
      product: free('product'),
    }),
    ...{ received: received.name, at: at.name },
    ...(amount && currency !== undefined && { amount: { column: amount.name, currency } }),
    ...(status && { status: { column: status.name, done: doneIn(status) } }),
  };
}

/** Those with a name of their own, without the texts that mean nothing. */
const columnsOf = ({ header, rows }: Pick<Sample, 'header' | 'rows'>, empty: readonly string[]): readonly Column[] =>
  header.flatMap((name, index) => {
    if (name.trim() === '' || header.indexOf(name) !== header.lastIndexOf(name)) return [];
    const texts = rows.map((row) => row[index] ?? '');
    return [
      columnOf(
        name,
        texts.map((text) => (empty.includes(text) ? '' : text)),
      ),
    ];
  });

const seemsPersonal = ({ plain, texts }: Column): boolean =>
  WORDS.person.test(plain) || lengthOf(texts) > 40 || texts.some(isMail);

const doneIn = ({ texts }: Column): readonly string[] =>
  [...new Set(texts)].filter((text) => WORDS.done.test(plainOf(text)));

/** Takes each column once, by a word of its name. */
const takerOf = (columns: readonly Column[]) => {
  const taken = new Set<Column | undefined>();
  return (word: keyof typeof WORDS): Column | undefined => {
    const found = columns.find((column) => !taken.has(column) && WORDS[word].test(column.plain));
    taken.add(found);
    return found;
  };
};

function guessDates(columns: readonly Column[]): Guess['dates'] | undefined {
  const dated = columns.filter(({ patterns }) => patterns.length > 0);
  const fits = (among: readonly Column[], one: string) => among.every(({ patterns }) => patterns.includes(one));
  const pattern = dated.length === 0 ? undefined : (PATTERNS.find((one) => fits(dated, one)) ?? commonest(dated));
  if (pattern === undefined) return undefined;
  const inPattern = dated.filter(({ patterns }) => patterns.includes(pattern));
  const orElse = PATTERNS.find((one) => fits(inPattern, one) && isOtherOrder(one, pattern));
  return { pattern, columns: inPattern.map(({ name }) => name), ...(orElse !== undefined && { orElse }) };
}

function guessNumbers(columns: readonly Column[]): Guess['numbers'] {
  const numeric = columns.filter(({ styles, texts }) => styles.length > 0 && texts.some((text) => /[.,' ]/.test(text)));
  if (numeric.length === 0) return undefined;
  const [style, orElse] = stylesOf(numeric.flatMap(({ texts }) => texts));
  return style && { style, columns: numeric.map(({ name }) => name), ...(orElse && { orElse }) };
}

const mostDifferent = (columns: readonly Column[]): Column | undefined =>
  columns.toSorted((a, b) => new Set(b.texts).size - new Set(a.texts).size)[0];

type Named = {
  readonly [
    role in 'customer' | 'comment' | 'contacted' | 'closed' | 'owner' | 'team' | 'priority' | 'touchpoint' | 'product'
  ]?: string;
};

const rolesOf = (columns: Readonly<Record<keyof Named, Column | undefined>>): Named =>
  Object.fromEntries(Object.entries(columns).flatMap(([role, column]) => (column ? [[role, column.name]] : [])));

function columnOf(name: string, all: readonly string[]): Column {
  const texts = all.filter((text) => text !== '');
  const different = [...new Set(texts)];
  return {
    ...{ name, plain: plainOf(name), texts },
    patterns:
      different.length === 0
        ? []
        : READERS.filter(([, read]) => different.every((text) => reads(read, text))).map(([pattern]) => pattern),
    styles: different.length === 0 ? [] : stylesOf(different),
  };
}

function reads(read: (text: string) => string, text: string): boolean {
  try {
    return read(text) !== '';
  } catch (error) {
    if (error instanceof RowRejected) return false;
    throw error;
  }
}

const commonest = (dated: readonly Column[]): string | undefined =>
  PATTERNS.map((pattern) => [pattern, dated.filter(({ patterns }) => patterns.includes(pattern)).length] as const)
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a)[0]?.[0];

const dayOf = (pattern: string): string => pattern.split(/[ T,]/)[0] ?? '';
/** Day and month the other way round. */
const isOtherOrder = (one: string, other: string): boolean =>
  dayOf(one).startsWith('d') !== dayOf(other).startsWith('d') && !one.startsWith('y') && !other.startsWith('y');

/** The column that names a case: with another text in each row, or the first of those named like an id. */
function groupOf(
  all: readonly Column[],
  among: readonly Column[],
  rows: number,
  received: Column,
): { group: Column; rowIsCase: boolean } {
  const filled = among.filter(({ texts }) => texts.length === rows);
  const isUnique = ({ texts }: Column): boolean => new Set(texts).size === rows;
  const named = filled.filter(({ plain }) => WORDS.id.test(plain));
  const repeated = named.find((column) => !isUnique(column) && new Set(column.texts).size > 1);
  const unique = named.find(isUnique) ?? (repeated ? undefined : filled.find(isUnique));
  if (unique) return { group: unique, rowIsCase: true };
  if (repeated) return { group: repeated, rowIsCase: false };
  return { group: all[0] ?? received, rowIsCase: false };
}

/** The first columns that together name each row. */
function idOf(header: readonly string[], rows: Sample['rows'], group: string, received: string): readonly string[] {
  const id = [group];
  const isUnique = (): boolean =>
    new Set(rows.map((row) => JSON.stringify(id.map((name) => row[header.indexOf(name)])))).size === rows.length;
  for (const name of [received, ...header]) {
    if (isUnique()) break;
    if (!id.includes(name)) id.push(name);
  }
  return id;
}

function standTogether(groups: readonly string[]): boolean {
  const runs = groups.filter((group, i) => group !== groups[i - 1]).length;
  return runs === new Set(groups).size;
}

const widthOf = (metric: Metric): number => SCALES[metric].to - SCALES[metric].from;
const NARROWEST_FIRST = METRICS.toSorted((a, b) => widthOf(a) - widthOf(b));

function scoreOf({ name, plain, texts }: Column): Guess['scores'] {
  if (!WORDS.score.test(plain) || texts.length === 0 || !texts.every((text) => /^\d{1,2}$/.test(text))) return [];
  const numbers = texts.map(Number);
  const [from, to] = [Math.min(...numbers), Math.max(...numbers)];
  const fits = (metric: Metric): boolean => from >= SCALES[metric].from && to <= SCALES[metric].to;
  const byName: Metric | undefined = /nps|empfehl|recommend/.test(plain)
    ? 'nps'
    : /ces\b/.test(plain)
      ? 'ces'
      : /sterne|stars/.test(plain)
        ? 'stars'
        : /csat/.test(plain)
          ? 'csat'
          : undefined;
  const metric = byName && fits(byName) ? byName : NARROWEST_FIRST.find(fits);
  return metric ? [{ column: name, metric, from, to }] : [];
}

const SYMBOLS: Readonly<Record<string, string>> = { '€': 'EUR', $: 'USD', '£': 'GBP', '¥': 'JPY' };

const currencyOf = (name: string): string | undefined =>
  name.match(/\b[A-Z]{3}\b/g)?.find(isCurrency) ??
  Object.entries(SYMBOLS).find(([symbol]) => name.includes(symbol))?.[1];

const lengthOf = (texts: readonly string[]): number =>
  texts.length === 0 ? 0 : texts.reduce((sum, { length }) => sum + length, 0) / texts.length;

const isMail = (text: string): boolean => /^\S+@\S+\.\S+$/.test(text);

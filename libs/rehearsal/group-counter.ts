import type { Document } from '../event-sourcing/projection.js';
import type { Filter } from '../filter/filter.js';
import { compileFilter } from '../filter/predicate.js';
import type { Group, GroupQuery } from '../read-store/read-store.js';

type Value = string | number | boolean | null;

/** A group with its figures: the sums, then the counts, in the query's order. */
interface Row {
  readonly by: Readonly<Record<string, Value>>;
  count: number;
  readonly figures: number[];
}

/** A tree of values finds a row without building a text key for every document. */
interface Node {
  row: Row | undefined;
  readonly next: Map<Value, Node>;
}

const node = (): Node => ({ row: undefined, next: new Map() });

/** Groups and counts documents like a read store does, for documents that no store holds. */
export class GroupCounter {
  readonly #rows: Row[] = [];
  readonly #root = node();
  readonly #passes: (document: Document) => boolean;
  readonly #by: readonly string[];
  readonly #names: readonly string[];
  readonly #figures: readonly ((document: Document) => number)[];

  constructor({ filter = {}, by, sums = {}, counts = {} }: GroupQuery) {
    this.#by = by;
    this.#passes = compileFilter<Document>(filter);
    this.#names = [...Object.keys(sums), ...Object.keys(counts)];
    this.#figures = [...Object.values(sums).map(summed), ...Object.values(counts).map(counted)];
  }

  add(document: Document): void {
    if (this.#passes(document)) this.#count(this.#row(document), document);
  }

  /** Adds documents whose one field to group by is as all of them together say. */
  addTogether(
    documents: readonly Document[],
    among: (all: readonly Document[]) => (document: Document) => string,
  ): void {
    const passing = documents.filter(this.#passes);
    const valueOf = among(passing);
    const [field = ''] = this.#by;
    for (const document of passing) this.#count(this.#row({ [field]: valueOf(document) }), document);
  }

  /** Adds what another counter of the same query counted. */
  merge(groups: readonly Group[]): void {
    for (const group of groups) {
      const row = this.#row(group);
      row.count += group.count;
      for (const [at, name] of this.#names.entries()) add(row, at, Number(group[name]));
    }
  }

  result(): readonly Group[] {
    return this.#rows.map(({ by, count, figures }) => {
      const group: Record<string, Value> & { count: number } = { ...by, count };
      for (const [at, name] of this.#names.entries()) group[name] = figures[at] ?? 0;
      return group;
    });
  }

  #count(row: Row, document: Document): void {
    row.count++;
    let at = 0;
    for (const figure of this.#figures) add(row, at++, figure(document));
  }

  #row(of: Document): Row {
    let at = this.#root;
    for (const field of this.#by) {
      const value = (of[field] ?? null) as Value;
      let next = at.next.get(value);
      if (!next) at.next.set(value, (next = node()));
      at = next;
    }
    return (at.row ??= this.#begin(of));
  }

  #begin(of: Document): Row {
    const by = Object.fromEntries(this.#by.map((field) => [field, (of[field] ?? null) as Value]));
    const row: Row = { by, count: 0, figures: this.#names.map(() => 0) };
    this.#rows.push(row);
    return row;
  }
}

const summed =
  (field: string) =>
  (document: Document): number =>
    Number(document[field] ?? 0);

const counted = (filter: Filter): ((document: Document) => number) => {
  const passes = compileFilter<Document>(filter);
  return (document) => (passes(document) ? 1 : 0);
};

const add = ({ figures }: Row, at: number, more: number): void => void (figures[at] = (figures[at] ?? 0) + more);

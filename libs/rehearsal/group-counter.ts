import type { Document } from '../event-sourcing/projection.js';
import { compileFilter } from '../filter/predicate.js';
import type { Group, GroupQuery } from '../read-store/read-store.js';

type Value = string | number | boolean | null;
type Row = Record<string, Value> & { count: number };
/** Rows are found value by value: text made of all of them would be made anew for every document. */
interface Node {
  row: Row | undefined;
  readonly next: Map<Value, Node>;
}

const node = (): Node => ({ row: undefined, next: new Map() });

/** Counts documents as a read store groups them, one after another: for documents that are stored nowhere. */
export class GroupCounter {
  readonly #rows: Row[] = [];
  readonly #root = node();
  readonly #passes: (document: Document) => boolean;
  readonly #counts: readonly (readonly [name: string, passes: (document: Document) => boolean])[];
  readonly #sums: readonly (readonly [name: string, field: string])[];
  readonly #by: readonly string[];

  constructor({ filter = {}, by, sums = {}, counts = {} }: GroupQuery) {
    this.#by = by;
    this.#passes = compileFilter<Document>(filter);
    this.#sums = Object.entries(sums);
    this.#counts = Object.entries(counts).map(([name, counted]) => [name, compileFilter<Document>(counted)]);
  }

  add(document: Document): void {
    if (!this.#passes(document)) return;
    const row = this.#row(document);
    row.count++;
    for (const [name, field] of this.#sums) add(row, name, Number(document[field] ?? 0));
    for (const [name, passes] of this.#counts) if (passes(document)) add(row, name, 1);
  }

  /** What another counter of the same query counted. */
  merge(groups: readonly Group[]): void {
    for (const group of groups) {
      const row = this.#row(group);
      row.count += group.count;
      for (const [name] of [...this.#sums, ...this.#counts]) add(row, name, Number(group[name]));
    }
  }

  result(): readonly Group[] {
    return [...this.#rows];
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
    const row: Row = {
      ...Object.fromEntries(this.#by.map((field) => [field, (of[field] ?? null) as Value])),
      count: 0,
    };
    for (const [name] of [...this.#sums, ...this.#counts]) row[name] = 0;
    this.#rows.push(row);
    return row;
  }
}

const add = (row: Row, name: string, more: number): void => void (row[name] = Number(row[name]) + more);

import type { Document } from '../event-sourcing/projection.js';
import { compileFilter } from '../filter/predicate.js';
import type { Group, GroupQuery } from '../read-store/read-store.js';

type Row = Record<string, string | number | boolean | null> & { count: number };

/** Counts documents as a read store groups them, one after another: for documents that are stored nowhere. */
export class GroupCounter {
  readonly #rows = new Map<string, Row>();
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
    const values = this.#by.map((field) => (document[field] ?? null) as string | number | boolean | null);
    const row = this.#row(values);
    row.count++;
    for (const [name, field] of this.#sums) add(row, name, Number(document[field] ?? 0));
    for (const [name, passes] of this.#counts) if (passes(document)) add(row, name, 1);
  }

  /** What another counter of the same query counted. */
  merge(groups: readonly Group[]): void {
    for (const group of groups) {
      const row = this.#row(this.#by.map((field) => group[field] ?? null));
      row.count += group.count;
      for (const [name] of [...this.#sums, ...this.#counts]) add(row, name, Number(group[name]));
    }
  }

  result(): readonly Group[] {
    return [...this.#rows.values()];
  }

  #row(values: readonly (string | number | boolean | null)[]): Row {
    const key = JSON.stringify(values);
    let row = this.#rows.get(key);
    if (row) return row;
    row = { ...Object.fromEntries(this.#by.map((field, index) => [field, values[index] ?? null])), count: 0 };
    for (const [name] of [...this.#sums, ...this.#counts]) row[name] = 0;
    this.#rows.set(key, row);
    return row;
  }
}

const add = (row: Row, name: string, more: number): void => void (row[name] = Number(row[name]) + more);

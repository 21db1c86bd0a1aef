import type { FileRow, UnreadRow } from './csv-rows.js';
import type { CompiledMapping, OrderKey } from './mapping/compile-mapping.js';
import type { Rejected } from './mapping/map-case.js';

export interface FileCase {
  readonly group: string;
  readonly rows: readonly FileRow[];
}

export interface RejectedRow extends Rejected {
  readonly texts: readonly string[];
}

type Batches = AsyncIterable<readonly (FileRow | UnreadRow)[]>;

/** Groups rows into cases, in the order of their first rows. Rows without a case go to `reject`. */
export async function* caseGroups(
  batches: Batches,
  { mapping: { rows }, order }: Pick<CompiledMapping, 'mapping' | 'order'>,
  reject: (row: RejectedRow) => void,
): AsyncGenerator<readonly FileCase[], void> {
  if (rows.grouped === 'together') yield* together(withGroup(batches, rows.group, reject), reject);
  else yield* anywhere(withGroup(batches, rows.group, reject), order);
}

interface Grouped {
  readonly group: string;
  readonly row: FileRow;
}

async function* withGroup(
  batches: Batches,
  column: string,
  reject: (row: RejectedRow) => void,
): AsyncGenerator<readonly Grouped[], void> {
  for await (const batch of batches) {
    const grouped: Grouped[] = [];
    for (const row of batch) {
      if (!('row' in row)) {
        reject(row);
        continue;
      }
      const group = row.row[column];
      if (group === undefined) reject({ ...row, reason: `${column} is empty, so the row has no case`, field: column });
      else grouped.push({ group, row });
    }
    yield grouped;
  }
}

/** Memory holds one case, and the numbers of all. */
async function* together(
  batches: AsyncIterable<readonly Grouped[]>,
  reject: (row: RejectedRow) => void,
): AsyncGenerator<readonly FileCase[], void> {
  const done = new Set<string>();
  let open: { group: string; rows: FileRow[] } | undefined;
  for await (const batch of batches) {
    const complete: FileCase[] = [];
    for (const { group, row } of batch) {
      if (open?.group === group) {
        open.rows.push(row);
        continue;
      }
      if (done.has(group)) {
        const reason = `The rows of "${group}" are not next to each other: sort the file, or set "grouped: anywhere" in the mapping`;
        reject({ ...row, reason });
        continue;
      }
      if (open) complete.push(open);
      open = { group, rows: [row] };
      done.add(group);
    }
    yield complete;
  }
  if (open) yield [open];
}

async function* anywhere(
  batches: AsyncIterable<readonly Grouped[]>,
  order: readonly OrderKey[],
): AsyncGenerator<readonly FileCase[], void> {
  const cases = new Map<string, FileRow[]>();
  for await (const batch of batches) {
    for (const { group, row } of batch) {
      const rows = cases.get(group);
      if (rows) rows.push(row);
      else cases.set(group, [row]);
    }
  }
  const all = [...cases].map(([group, rows]) => ({ group, rows: sorted(rows, order) }));
  for (let from = 0; from < all.length; from += 1_000) yield all.slice(from, from + 1_000);
}

const DECIMAL = /^-?\d+(?:\.\d+)?$/;

/** Sorts by the keys in turn: as numbers if both texts are decimal numbers, else by code unit. */
const sorted = (rows: readonly FileRow[], keys: readonly OrderKey[]): readonly FileRow[] =>
  rows.toSorted((a, b) => {
    for (const keyOf of keys) {
      const [left, right] = [keyOf(a.row) ?? '', keyOf(b.row) ?? ''];
      if (left === right) continue;
      if (!DECIMAL.test(left) || !DECIMAL.test(right)) return left < right ? -1 : 1;
      const difference = Number(left) - Number(right);
      if (difference !== 0) return difference; // "1" and "1.0" are the same place
    }
    return a.line - b.line;
  });

import type { RowsOfFile } from './csv-rows.js';
import type { SeenTexts } from './mapping/column-types.js';

/** Enough to tell numbers and dates from texts. */
const LOOKED_AT = 1_000;

export interface FirstRows {
  readonly seen: SeenTexts;
  /** At least the rows looked at, if the file has as many. */
  readonly read: readonly Batch[];
  /** All rows of the file, from its first. */
  readonly batches: RowsOfFile['batches'];
}

/** A first look at a file: the texts that each column has in its first rows. */
export async function firstRows(file: RowsOfFile): Promise<FirstRows> {
  const seen = new Map<string, Set<string>>();
  const rows = file.batches[Symbol.asyncIterator]();
  const read: Batch[] = [];
  let looked = 0;
  while (looked < LOOKED_AT) {
    const next = await rows.next();
    if (next.done) break;
    read.push(next.value);
    for (const row of next.value.slice(0, LOOKED_AT - looked)) {
      looked += 1;
      if (!('row' in row)) continue;
      for (const [column, text] of Object.entries(row.row)) {
        if (text === undefined) continue;
        const texts = seen.get(column);
        if (texts) texts.add(text);
        else seen.set(column, new Set([text]));
      }
    }
  }
  return { seen, read, batches: again(read, rows) };
}

type Batch = RowsOfFile['batches'] extends AsyncIterable<infer B> ? B : never;

async function* again(read: readonly Batch[], rest: AsyncIterator<Batch>): AsyncGenerator<Batch, void> {
  yield* read;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

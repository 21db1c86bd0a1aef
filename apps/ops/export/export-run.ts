import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { checkFilter, problemsText } from '../../../libs/filter/check-filter.js';
import { allPages } from '../../../libs/read-store/all-pages.js';
import type { Filter } from '../../../libs/filter/filter.js';
import { csvLine } from '../../../libs/import/rejects.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { READ_MODELS } from '../../../libs/read-models/read-models.js';
import { Failure } from '../failure.js';

export interface ExportRequest {
  readonly readModel: string;
  readonly format: 'csv' | 'ndjson';
  readonly out?: string;
  readonly filter?: string;
}

type Row = Readonly<Record<string, unknown>> & { readonly id: string };

/** Writes page by page, with back-pressure, so that memory doesn't grow with the read model. */
export async function runExport(
  { reads }: Pick<Stores, 'reads'>,
  { readModel, format, out, filter }: ExportRequest,
): Promise<{ readonly readModel: string; readonly count: number; readonly out: string | null }> {
  const projection = READ_MODELS.find(({ name }) => name === readModel);
  if (!projection) {
    const names = READ_MODELS.map(({ name }) => name).join(', ');
    throw new Failure(`There is no read model "${readModel}". They are ${names}.`);
  }
  const columns = ['id', ...Object.keys(projection.fields)];
  const parsed = filter === undefined ? undefined : filterOf(filter, projection.fields);
  const toLine = (row: Row): string =>
    format === 'csv' ? csvLine(columns.map((column) => cellOf(row[column]))) : `${JSON.stringify(row)}\n`;
  const sink: Writable = out === undefined ? process.stdout : createWriteStream(out, { flags: 'wx', mode: 0o600 });
  const opened = out === undefined ? undefined : once(sink, 'open');
  try {
    await opened;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new Failure(`${out} exists already. Name another file: no export overwrites one.`);
    }
    throw error;
  }
  let count = 0;
  if (format === 'csv') await write(sink, csvLine(columns));
  for await (const page of allPages(reads, readModel, { filter: parsed })) {
    await write(sink, page.map(toLine).join(''));
    count += page.length;
  }
  if (out !== undefined) {
    sink.end();
    await finished(sink);
  }
  return { readModel, count, out: out ?? null };
}

async function write(sink: Writable, text: string): Promise<void> {
  if (text !== '' && !sink.write(text)) await once(sink, 'drain');
}

function filterOf(text: string, fields: Parameters<typeof checkFilter>[1]): Filter {
  let filter: unknown;
  try {
    filter = JSON.parse(text);
  } catch {
    throw new Failure(`--filter takes JSON such as {"priority":"high"}, not: ${text}`);
  }
  const problems = problemsText(checkFilter(filter, fields));
  if (problems !== undefined) throw new Failure(`--filter: ${problems}`);
  return filter as Filter;
}

const cellOf = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Transform, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { errorText } from '../event-sourcing/error-text.js';
import type { Encoding } from './mapping/mapping.js';
import type { NumberedRow, Rejected } from './mapping/map-case.js';

/** The file as a whole is unreadable: what is wrong, and how to fix it. */
export class FileRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FileRefused';
  }
}

export interface Format {
  readonly delimiter: string;
  readonly encoding: Encoding;
  /** Texts that mean "no value". */
  readonly empty: readonly string[];
  /** The columns to read, which must exist. */
  readonly wanted: readonly string[];
  /** Other columns that must exist. */
  readonly named: readonly string[];
}

export interface FileRow extends NumberedRow {
  /** All texts of the row, in the order of the header. */
  readonly texts: readonly string[];
}

export interface UnreadRow extends Rejected {
  readonly texts: readonly string[];
}

export interface RowsOfFile {
  readonly header: readonly string[];
  /** Rows in the file's order; malformed ones as rejections. */
  readonly batches: AsyncIterable<readonly (FileRow | UnreadRow)[]>;
  /** The share of the file's bytes read so far, 0 to 1. */
  readonly share: () => number;
  /** Closes the file before its end. */
  close(): Promise<void>;
}

const GZIP = Buffer.from([0x1f, 0x8b]);

/** Opens a CSV file, plain or gzipped (by its first bytes). @throws FileRefused */
export async function openCsv(path: string, format: Format): Promise<RowsOfFile> {
  const { size, gzipped } = await sizeAndFormat(path);
  let bytesRead = 0;
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  file.on('data', (chunk) => (bytesRead += chunk.length));
  const text = decoded(bytesOf(file, gzipped), format.encoding);
  const records = recordsOf(file, text, path, format.delimiter);
  let first = await records.next();
  while (!first.done && first.value.length === 0) first = await records.next();
  const [header, ...early] = first.done ? [] : first.value;
  if (!header) throw new FileRefused(`${path} has no header line. Its first line must name the columns.`);
  if (header.failed !== undefined)
    throw new FileRefused(`${path}, line 1: the header is unreadable: ${header.failed}. Write it anew.`);
  refuseHeader(path, header.texts, format);
  return {
    header: header.texts,
    batches: rowsOf(header.texts, early, records, format),
    share: () => (size === 0 ? 1 : Math.min(1, bytesRead / size)),
    close: async () => {
      await records.return();
    },
  };
}

export const bytesOf = (file: Readable, gzipped: boolean): Readable => (gzipped ? file.pipe(createGunzip()) : file);

/** UTF-8 goes on as it is: the parser reads it. */
function decoded(bytes: Readable, encoding: Encoding): Readable {
  if (encoding === 'utf-8') return bytes;
  const decoder = new TextDecoder(encoding);
  const text = new Transform({
    readableObjectMode: true,
    transform: (chunk: Buffer, _, done) => done(null, decoder.decode(chunk, { stream: true })),
    flush: (done) => done(null, decoder.decode()),
  });
  return bytes.on('error', (error) => text.destroy(error)).pipe(text);
}

export async function sizeAndFormat(path: string): Promise<{ size: number; gzipped: boolean }> {
  let handle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    throw new FileRefused(reasonOf(path, error));
  }
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw new FileRefused(`${path} is a folder. Name the file in it.`);
    if (stat.size === 0) throw new FileRefused(`${path} is empty: there is nothing to import. Name another file.`);
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return { size: stat.size, gzipped: buffer.equals(GZIP) };
  } finally {
    await handle.close();
  }
}

function reasonOf(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return `There is no file ${path}. Check the path.`;
  if (code === 'EACCES') return `This user may not read ${path}. Check its permissions.`;
  return `Amends can't read ${path}: ${errorText(error)}.`;
}

function refuseHeader(path: string, header: readonly string[], { wanted, named }: Format): void {
  const missing = [...new Set([...wanted, ...named])].filter((column) => !header.includes(column));
  if (missing.length > 0) {
    throw new FileRefused(
      `${path} does not fit the mapping: it has no column ${missing.map((column) => `"${column}"`).join(', ')}. ` +
        `It has ${header.map((column) => `"${column}"`).join(', ')}. Name another file, or set the mapping right.`,
    );
  }
  const twice = wanted.find((column) => header.indexOf(column) !== header.lastIndexOf(column));
  if (twice !== undefined) throw new FileRefused(`${path} has two columns "${twice}". Rename one of them.`);
}

interface CsvRecord {
  readonly line: number;
  readonly texts: readonly string[];
  readonly failed?: string;
}

/** Uses the parser's callbacks, because its stream of records takes twice the time. */
async function* recordsOf(
  file: Readable,
  text: Readable,
  path: string,
  delimiter: string,
): AsyncGenerator<readonly CsvRecord[], void> {
  let batch: CsvRecord[] = [];
  let lastLine = 0;
  let failedAt = -1;
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    relax_quotes: true, // a quote inside a text is part of it
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: LONGEST_ROW,
    on_record: (texts: string[], { lines }: { lines: number }) => {
      batch.push({ line: lines - (lines === lastLine + 1 ? 0 : breaksIn(texts)), texts });
      lastLine = lines;
      return undefined;
    },
    on_skip: (error: CsvError | undefined) => {
      if (failedAt === lastLine) return undefined; // report a row's first error only
      failedAt = lastLine;
      batch.push({ line: lastLine + 1, texts: [], failed: csvReason(error) });
      return undefined;
    },
  });
  file.on('error', (error) => text.destroy(error));
  try {
    for await (const chunk of text) {
      await new Promise<void>((done, fail) => parser.write(chunk, (error) => (error ? fail(error) : done())));
      yield batch;
      batch = [];
    }
    await new Promise<void>((done, fail) => {
      parser.on('error', fail);
      parser.end(done);
    });
    yield batch;
  } catch (error) {
    yield batch;
    if (error instanceof CsvError) yield [{ line: lastLine + 1, texts: [], failed: csvReason(error) }];
    else
      throw new FileRefused(
        `Amends can't read ${path} to its end: ${(error as Error).message}. Make or fetch it anew.`,
      );
  } finally {
    file.destroy();
  }
}

const LONGEST_ROW = 16 * 1024 * 1024;

/** A text in quotes may contain line breaks. */
const breaksIn = (texts: readonly string[]): number =>
  texts.reduce((breaks, text) => breaks + (text.includes('\n') ? text.split('\n').length - 1 : 0), 0);

function csvReason(error: CsvError | undefined): string {
  switch (error?.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'A quote opens here and never closes: the rest of the file is unreadable';
    case 'CSV_MAX_RECORD_SIZE':
      return 'A row of more than 16 MiB begins here, perhaps after an unclosed quote: the rest of the file is unreadable';
    default:
      return error?.message ?? 'The row is malformed';
  }
}

async function* rowsOf(
  header: readonly string[],
  early: readonly CsvRecord[],
  records: AsyncIterable<readonly CsvRecord[]>,
  { empty, wanted }: Format,
): RowsOfFile['batches'] {
  const empties = new Set(['', ...empty]);
  const places = wanted.map((column) => [column, header.indexOf(column)] as const);
  const toRow = ({ line, texts, failed }: CsvRecord): FileRow | UnreadRow => {
    if (failed !== undefined) return { line, reason: failed, texts };
    if (texts.length !== header.length) {
      return { line, reason: `It has ${texts.length} fields, and the header has ${header.length}`, texts };
    }
    if (texts.some((text) => text.includes('\uFFFD'))) return { line, reason: 'It is not UTF-8', texts };
    const row: Record<string, string | undefined> = {};
    for (const [column, index] of places) {
      const text = texts[index] ?? '';
      row[column] = empties.has(text) ? undefined : text;
    }
    return { line, row, texts };
  };
  yield early.map(toRow);
  for await (const batch of records) yield batch.map(toRow);
}

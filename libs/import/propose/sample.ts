import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { bytesOf, FileRefused, sizeAndFormat } from '../csv-rows.js';
import type { Encoding } from '../mapping/mapping.js';

/** The beginning of a file of which nothing is known. */
export interface Sample {
  readonly encoding: Encoding;
  readonly delimiter: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const BYTES = 1_000_000;
const DELIMITERS = [',', ';', '\t', '|'] as const;

/** Reads the beginning of a file, plain or gzipped, and tells encoding and delimiter. @throws FileRefused */
export async function readSample(path: string): Promise<Sample> {
  const { gzipped } = await sizeAndFormat(path);
  const { bytes, whole } = await beginningOf(path, gzipped);
  const encoding = encodingOf(bytes);
  const text = new TextDecoder(encoding).decode(bytes, { stream: !whole });
  const readings = DELIMITERS.map((delimiter) => ({ delimiter, records: recordsOf(text, delimiter, whole) }));
  // Right is what cuts the most fields out of rows of the same length.
  const { delimiter, records } = readings.reduce((best, one) =>
    fieldsOf(one.records) > fieldsOf(best.records) ? one : best,
  );
  const [header, ...rows] = records;
  if (!header || rows.length === 0)
    throw new FileRefused(`${path} has no rows under a header line: there is nothing to go by. Name a file with some.`);
  if (fieldsOf(records) < 2)
    throw new FileRefused(
      `${path} has one column only, or a delimiter that is none of , ; | and the tabulator. Write it with one of them.`,
    );
  const odd = header.find((name) => /^[\d.,:/\s-]+$/.test(name));
  if (odd !== undefined)
    throw new FileRefused(
      `The first line of ${path} must name the columns, and it has "${odd}". Add a line with a name for each.`,
    );
  return { encoding, delimiter, header, rows: rows.filter(({ length }) => length === header.length) };
}

async function beginningOf(path: string, gzipped: boolean): Promise<{ bytes: Buffer; whole: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of bytesOf(createReadStream(path), gzipped) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      if ((length += chunk.length) >= BYTES) break;
    }
  } catch (error) {
    throw new FileRefused(`Amends can't read ${path}: ${(error as Error).message}. Check its path and your rights.`);
  }
  return { bytes: Buffer.concat(chunks), whole: length < BYTES };
}

function encodingOf(bytes: Buffer): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}

function recordsOf(text: string, delimiter: string, whole: boolean): readonly string[][] {
  const records = parse(text, {
    ...{ delimiter, bom: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true },
    skip_records_with_error: true,
  });
  return whole ? records : records.slice(0, -1); // the last one may be cut off
}

/** The fields of the header, if most rows have as many. */
function fieldsOf([header, ...rows]: readonly (readonly string[])[]): number {
  const alike = rows.filter(({ length }) => length === header?.length).length;
  return header && alike * 2 > rows.length ? header.length : 0;
}

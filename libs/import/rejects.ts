import { randomBytes } from 'node:crypto';
import { closeSync, createWriteStream, existsSync, mkdirSync, openSync, rmSync, type WriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { RejectedRow } from './case-groups.js';

/** Amends can't make the rejects file: why, and what to do. */
export class RejectsRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RejectsRefused';
  }
}

/** The default rejects file. No two imports share it. @param now UTC, ISO 8601 */
export const newRejectsFile = (folder: string, name: string, now: string): string =>
  join(folder, 'rejects', `${name}.${now.replaceAll(/[-:]|\.\d+/g, '')}.${randomBytes(4).toString('hex')}.csv`);

/** Makes the file and removes it, as nothing less shows that it can. Its folder stays. @throws RejectsRefused */
export function checkRejects(path: string): void {
  try {
    makeFolder(dirname(path));
    closeSync(openSync(path, 'wx', 0o600));
    rmSync(path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST')
      throw new RejectsRefused(`${path} exists already. Name another file: no import overwrites one.`);
    throw new RejectsRefused(`Amends can't make ${path} (${(error as Error).message}). Name another file.`, {
      cause: error,
    });
  }
}

/** Folder by folder, because a recursive mkdir never ends in /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST' || !existsSync(folder)) throw error;
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/**
 * A CSV file of rejected rows: line, reason, field, then the row without its personal columns, to correct and import
 * again. It makes the file with the first row, and overwrites none.
 */
export class Rejects {
  count = 0;
  private stream: WriteStream | undefined;
  private failure: Error | undefined;
  private readonly kept: readonly number[];
  private readonly withheld: readonly number[];

  constructor(
    readonly path: string,
    private readonly header: readonly string[],
    personal: readonly string[],
  ) {
    this.kept = header.flatMap((column, index) => (personal.includes(column) ? [] : [index]));
    this.withheld = header.flatMap((column, index) => (personal.includes(column) ? [index] : []));
  }

  add({ line, reason, field, texts }: RejectedRow): void {
    this.count += 1;
    if (!this.stream) {
      makeFolder(dirname(this.path));
      this.stream = createWriteStream(this.path, { flags: 'wx', mode: 0o600 });
      this.stream.on('error', (error) => (this.failure ??= error));
      this.stream.write(csvLine(['line', 'reason', 'field', ...this.kept.map((index) => this.header[index] ?? '')]));
    }
    // Without a field for each column, nobody can tell which texts are personal.
    const kept = texts.length === this.header.length ? this.kept.map((index) => texts[index] ?? '') : [];
    this.stream.write(csvLine([String(line), this.impersonal(reason, texts), field ?? '', ...kept]));
  }

  /** Removes quotes of personal columns. */
  private impersonal(reason: string, texts: readonly string[]): string {
    return this.withheld.reduce((safe, index) => {
      const text = texts[index];
      return text ? safe.replaceAll(`"${text}"`, '"..."') : safe;
    }, reason);
  }

  /** Resolves when every row is written. */
  async close(): Promise<void> {
    if (!this.stream) return;
    this.stream.end();
    await finished(this.stream).catch((error: Error) => (this.failure ??= error));
    if (this.failure) throw new Error(`Amends can't write the rejected rows to ${this.path}: ${this.failure.message}`);
  }
}

/** A spreadsheet runs a cell that starts with one of these, unless a quote precedes it. */
const FORMULA = /^[=+\-@\t\r]/;

/** One line of CSV (RFC 4180), safe to open in a spreadsheet. */
export const csvLine = (texts: readonly string[]): string => `${texts.map(csvField).join(',')}\r\n`;

function csvField(text: string): string {
  const safe = FORMULA.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

import { randomBytes } from 'node:crypto';
import { closeSync, createWriteStream, existsSync, mkdirSync, openSync, rmSync, type WriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { RejectedRow } from './case-groups.js';

/** No rejects file can be made at the place named: why, and what to do. */
export class RejectsRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RejectsRefused';
  }
}

/** Where the rejected rows of a file go by default: no two imports share it. @param now UTC, ISO 8601 */
export const newRejectsFile = (folder: string, name: string, now: string): string =>
  join(folder, 'rejects', `${name}.${now.replaceAll(/[-:]|\.\d+/g, '')}.${randomBytes(4).toString('hex')}.csv`);

/** Makes the file and removes it: nothing less tells that it can be made. Its folder stays. @throws RejectsRefused */
export function checkRejects(path: string): void {
  try {
    makeFolder(dirname(path));
    closeSync(openSync(path, 'wx', 0o600));
    rmSync(path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST')
      throw new RejectsRefused(`${path} is there already. Name a file that is not: no import overwrites one.`);
    throw new RejectsRefused(`${path} can't be made (${(error as Error).message}). Name a file that can.`, {
      cause: error,
    });
  }
}

/** Folder by folder: in /proc, where none can be made, a recursive mkdir never ends. */
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
 * A CSV file of the rows that could not be used: line, reason, field, then the row without its personal columns, so
 * that it can be put right and imported again. The file is made with its first row, and is never one that is there.
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
    // A row with too many or too few fields can't be told column by column, so none of it can be kept.
    const told = texts.length === this.header.length ? this.kept.map((index) => texts[index] ?? '') : [];
    this.stream.write(csvLine([String(line), this.impersonal(reason, texts), field ?? '', ...told]));
  }

  /** A reason quotes what it is about, which may be what a personal column says. */
  private impersonal(reason: string, texts: readonly string[]): string {
    return this.withheld.reduce((said, index) => {
      const text = texts[index];
      return text ? said.replaceAll(`"${text}"`, '"..."') : said;
    }, reason);
  }

  /** Resolves when every row is written. */
  async close(): Promise<void> {
    if (!this.stream) return;
    this.stream.end();
    await finished(this.stream).catch((error: Error) => (this.failure ??= error));
    if (this.failure)
      throw new Error(`The rejected rows could not be written to ${this.path}: ${this.failure.message}`);
  }
}

/** A spreadsheet runs a cell that begins with one of these; a quote in front keeps it a text. */
const FORMULA = /^[=+\-@\t\r]/;

/** One line of CSV (RFC 4180), safe to open in a spreadsheet. */
export const csvLine = (texts: readonly string[]): string => `${texts.map(csvField).join(',')}\r\n`;

function csvField(text: string): string {
  const safe = FORMULA.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

import { styleText } from 'node:util';
import type { Command } from 'commander';

/** Prints results on standard output, everything else on standard error. */
export class Output {
  constructor(readonly json: boolean) {}

  static of(command: Command): Output {
    return new Output(command.optsWithGlobals<{ json?: boolean }>().json === true);
  }

  /** Prints the result as JSON or as text. */
  result(value: unknown, asText: () => string): void {
    process.stdout.write(this.json ? `${JSON.stringify(value)}\n` : `${asText()}\n`);
  }

  note(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  warn(text: string): void {
    process.stderr.write(`${styleText('yellow', text, { stream: process.stderr })}\n`);
  }
}

export type Cell = string | number | boolean | null | undefined;

/** A table as text, with numbers to the right. */
export async function table(head: readonly string[], rows: readonly (readonly Cell[])[]): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const numeric = head.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] !== 'string'));
  const made = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    colAligns: numeric.map((is) => (is ? 'right' : 'left')),
  });
  for (const row of rows) made.push(row.map(shown));
  return made.toString();
}

const shown = (cell: Cell): string => {
  if (cell === null || cell === undefined) return '-';
  return typeof cell === 'number' ? cell.toLocaleString('en-US') : String(cell);
};

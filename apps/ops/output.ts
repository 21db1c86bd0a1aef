import type { Command } from 'commander';

/** A command with the common options. Commander passes settings such as exitOverride on to commands made so. */
export function subcommand(program: Command, nameAndArguments: string, description: string): Command {
  return program
    .command(nameAndArguments)
    .description(description)
    .option('--data <folder>', 'the folder of the stores (default: AMENDS_DATA, else ./data)')
    .option('--json', 'print the result as JSON, and nothing else, on standard output');
}

/** Prints a result on standard output, as JSON or as text; everything else goes to standard error. */
export async function print(command: Command, result: unknown, asText: () => string | Promise<string>): Promise<void> {
  const { json } = command.optsWithGlobals<{ json?: boolean }>();
  process.stdout.write(`${json === true ? JSON.stringify(result) : await asText()}\n`);
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

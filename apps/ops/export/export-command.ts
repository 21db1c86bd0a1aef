import { Option, type Command } from 'commander';
import { placesOf } from '../data-folder.js';
import { instant } from '../instant.js';
import { print, subcommand } from '../output.js';

interface Options {
  readonly format: 'csv' | 'ndjson';
  readonly out?: string;
  readonly filter?: string;
  readonly knownAt?: string;
  readonly under?: string;
}

export function addExport(program: Command): void {
  subcommand(program, 'export <read-model>', 'write all documents of a read model, one per line')
    .addOption(new Option('--format <format>', 'the format').choices(['csv', 'ndjson']).default('ndjson'))
    .option('--out <file>', 'a new file (default: standard output)')
    .option('--filter <json>', 'only these documents, such as \'{"programme":"incidents","met":false}\'')
    .option('--known-at <instant>', 'as known at that time, from a separate read of history')
    .option('--under <rules>', 'as under these rules, a file or a hash, from a separate read of history')
    .addHelpText(
      'after',
      `
CSV has the declared columns; a quote precedes a text that a spreadsheet would run as a formula. NDJSON has whole
documents. Personal fields stay sealed. With --json and --out, it prints the count as JSON.`,
    )
    .action(async (readModel: string, { knownAt, under, ...options }: Options, command: Command) => {
      const [{ runExport }, { withReads }] = await Promise.all([
        import('./export-run.js'),
        import('../report/report-run.js'),
      ]);
      const view = { knownAt: instant(knownAt, '--known-at'), under };
      const result = await withReads(await placesOf(command), view, (reads) =>
        runExport({ reads }, { readModel, ...options }),
      );
      if (options.out !== undefined) {
        await print(
          command,
          result,
          () => `${result.count.toLocaleString('en-US')} documents of ${readModel} are in ${options.out}`,
        );
      }
    });
}

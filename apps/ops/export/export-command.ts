import { Option, type Command } from 'commander';
import { placesOf } from '../data-folder.js';
import { Output } from '../output.js';
import { subcommand } from '../subcommand.js';

interface Options {
  readonly format: 'csv' | 'ndjson';
  readonly out?: string;
  readonly filter?: string;
  readonly knownAt?: string;
  readonly under?: string;
}

export function addExport(program: Command): void {
  subcommand(program, 'export <read-model>', 'write a read model out: every document, one a line')
    .addOption(new Option('--format <format>', 'how').choices(['csv', 'ndjson']).default('ndjson'))
    .option('--out <file>', 'where to (default: standard output); it must not be there yet')
    .option('--filter <json>', 'only these documents, such as \'{"programme":"incidents","met":false}\'')
    .option('--known-at <instant>', 'as it was known then: history is read anew, aside')
    .option('--under <rules>', 'as it would be under these rules, a file or a hash: history is read anew, aside')
    .addHelpText(
      'after',
      `
CSV has the declared columns; a text that a spreadsheet would run as a formula gets a quote in front. NDJSON has whole
documents. Personal fields leave sealed, as they are stored. With --json and --out, the count is printed as JSON.`,
    )
    .action(async (readModel: string, { knownAt, under, ...options }: Options, command: Command) => {
      const output = Output.of(command);
      const [{ runExport }, { withReads }, { instant }] = await Promise.all([
        import('./export-run.js'),
        import('../report/report-run.js'),
        import('../instant.js'),
      ]);
      const aside = {
        ...(knownAt === undefined ? {} : { knownAt: instant(knownAt, '--known-at') }),
        ...(under === undefined ? {} : { under }),
      };
      const result = await withReads(await placesOf(command), aside, (reads) =>
        runExport({ reads }, { readModel, ...options }),
      );
      if (options.out !== undefined) {
        output.result(
          result,
          () => `${result.count.toLocaleString('en-US')} documents of ${readModel} are in ${options.out}`,
        );
      }
    });
}

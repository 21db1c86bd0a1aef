import { Option, type Command } from 'commander';
import { placesOf, withStores } from '../data-folder.js';
import { Output } from '../output.js';
import { subcommand } from '../subcommand.js';

interface Options {
  readonly knownAt?: string;
  readonly at?: string;
  readonly under?: string;
  readonly rules?: string;
  readonly steps?: boolean;
}

export function addAudit(program: Command): void {
  subcommand(program, 'audit <case>', 'one case from its first event, with every verdict and what it rests on')
    .option('--known-at <instant>', 'as it was known then')
    .option('--at <instant>', 'the moment at which running clocks are read (default: --known-at, else now)')
    .option('--under <rules>', 'what the verdicts would be under these rules, a file or a hash')
    .addOption(new Option('--rules <file>', 'the same as --under').hideHelp())
    .option('--steps', 'the fields that each event changed, one event after another')
    .addHelpText(
      'after',
      "\nThe case is named by its id, or by its source's own number. What customers said stays sealed.",
    )
    .action(async (name: string, options: Options, command: Command) => {
      const output = Output.of(command);
      const [{ runAudit }, { auditText }, { instant }] = await Promise.all([
        import('./audit-run.js'),
        import('./audit-text.js'),
        import('../instant.js'),
      ]);
      const under = options.under ?? options.rules;
      const knownAt = options.knownAt === undefined ? undefined : instant(options.knownAt, '--known-at');
      const audit = await withStores(await placesOf(command), 'read', (stores) =>
        runAudit(stores, {
          name,
          at: options.at === undefined ? (knownAt ?? new Date().toISOString()) : instant(options.at, '--at'),
          ...(knownAt === undefined ? {} : { knownAt }),
          ...(under === undefined ? {} : { under }),
          ...(options.steps === true ? { steps: true } : {}),
        }),
      );
      const text = output.json ? '' : await auditText(audit);
      output.result(audit, () => text);
    });
}

import type { Command } from 'commander';
import { dataFolder, withStores } from '../data-folder.js';
import { Output } from '../output.js';
import { subcommand } from '../subcommand.js';

interface Options {
  readonly knownAt?: string;
  readonly at?: string;
  readonly rules?: string;
}

export function addAudit(program: Command): void {
  subcommand(program, 'audit <case>', 'one case from its first event, with every verdict and what it rests on')
    .option('--known-at <instant>', 'as it was known then')
    .option('--at <instant>', 'the moment at which running clocks are read (default: now)')
    .option('--rules <file>', 'what the verdicts would be under these rules')
    .addHelpText(
      'after',
      "\nThe case is named by its id, or by its source's own number. What customers said stays sealed.",
    )
    .action(async (name: string, options: Options, command: Command) => {
      const output = Output.of(command);
      const [{ runAudit }, { auditText }, { instant }] = await Promise.all([
        import('../audit-run.js'),
        import('../audit-text.js'),
        import('../instant.js'),
      ]);
      const rules =
        options.rules === undefined ? undefined : (await import('../rule-file.js')).readRules(options.rules);
      const audit = await withStores(dataFolder(command), 'read', (stores) =>
        runAudit(stores, {
          name,
          at: options.at === undefined ? new Date().toISOString() : instant(options.at, '--at'),
          ...(options.knownAt === undefined ? {} : { knownAt: instant(options.knownAt, '--known-at') }),
          ...(rules === undefined ? {} : { ruleSet: rules.ruleSet }),
        }),
      );
      const text = output.json ? '' : await auditText(audit);
      output.result(audit, () => text);
    });
}

import { Option, type Command } from 'commander';
import { placesOf, withStores } from '../data-folder.js';
import { timesOf } from '../instant.js';
import { print, subcommand } from '../output.js';

interface Options {
  readonly knownAt?: string;
  readonly at?: string;
  readonly under?: string;
  readonly rules?: string;
  readonly steps?: boolean;
}

export function addAudit(program: Command): void {
  subcommand(program, 'audit <case>', 'show a case from its first event, with every verdict and its reasons')
    .option('--known-at <instant>', 'as known at that time')
    .option('--at <instant>', 'when to read running clocks (default: --known-at, else now)')
    .option('--under <rules>', 'judge it under these rules, a file or a hash')
    .addOption(new Option('--rules <file>', 'the same as --under').hideHelp())
    .option('--steps', 'show the fields that each event changed')
    .addHelpText('after', "\nName the case by its id or its source's number. Customers' words stay sealed.")
    .action(async (name: string, { rules, under = rules, steps, ...times }: Options, command: Command) => {
      const [{ runAudit }, { auditText }] = await Promise.all([import('./audit-run.js'), import('./audit-text.js')]);
      const asked = { name, under, steps, ...timesOf(times) };
      const audit = await withStores(await placesOf(command), 'read', (stores) => runAudit(stores, asked));
      await print(command, audit, () => auditText(audit));
    });
}

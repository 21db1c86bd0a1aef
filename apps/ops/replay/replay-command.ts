import type { Command } from 'commander';
import type { StorePlaces } from '../../../libs/platform/config/store-places.js';
import { appBeside, placesOf, refuseWithoutStore, withStores } from '../data-folder.js';
import { Output } from '../output.js';
import { subcommand } from '../subcommand.js';
import type { Replayed } from './replay-run.js';

interface Options {
  readonly rules: string;
  readonly reason: string;
}

export function addReplay(program: Command): void {
  subcommand(program, 'replay', 'read all of history under other rules, and switch to them in one step')
    .requiredOption('--rules <file>', 'the rule set that shall hold, since ever')
    .option('--reason <text>', 'why, for the history', 'Replayed under other rules')
    .addHelpText(
      'after',
      `
The new read models are built beside the live ones, which are served until the switch. History records that the rules
were drafted, approved (alone, where the store has one operator) and put in force over the past, with both digests.`,
    )
    .action(async (options: Options, command: Command) => {
      const output = Output.of(command);
      const places = await placesOf(command);
      refuseWithoutStore(places);
      const [{ readRules }, app] = await Promise.all([import('../rule-file.js'), appBeside(places)]);
      const rules = readRules(options.rules);
      const result = await replay(places, app, rules, options.reason);
      output.result(result, () => told(result));
    });

  const replay = async (
    places: StorePlaces,
    app: Awaited<ReturnType<typeof appBeside>>,
    rules: Parameters<typeof import('./replay-run.js').runReplay>[1],
    reason: string,
  ): Promise<Replayed> => {
    if (app) {
      const { askApp } = await import('../over-http.js');
      return askApp<Replayed>(app, 'POST', '/v1/generations', { ruleSet: rules.ruleSet, reason });
    }
    const { runReplay } = await import('./replay-run.js');
    return withStores(places, 'write', (stores) => runReplay(stores, rules, reason));
  };
}

const told = ({ programme, ruleSet, digestBefore, digestAfter, generation }: Replayed): string =>
  [
    `${programme} is read under rule set ${ruleSet}, since ever (generation ${generation}).`,
    `  digest before  ${digestBefore ?? '-'}`,
    `  digest after   ${digestAfter}${digestBefore === digestAfter ? ' (nothing changed)' : ''}`,
  ].join('\n');

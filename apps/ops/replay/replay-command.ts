import type { Command } from 'commander';
import type { Replayed } from '../../../libs/rule-changes/rule-changes.js';
import { runningAppOn, placesOf, refuseWithoutStore, withStores } from '../data-folder.js';
import { Output } from '../output.js';
import { subcommand } from '../subcommand.js';

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
      const [{ readRules }, app] = await Promise.all([import('../rule-file.js'), runningAppOn(places)]);
      const { ruleSet } = readRules(options.rules);
      let result: Replayed;
      if (app) {
        const { askApp } = await import('../over-http.js');
        result = await askApp<Replayed>(app, 'POST', '/v1/generations', { ruleSet, reason: options.reason });
      } else {
        const [{ changeRules }, { operator }] = await Promise.all([
          import('../rules/change-rules.js'),
          import('../operator.js'),
        ]);
        result = await withStores(places, 'write', (stores) =>
          changeRules(stores, operator(), (changes, sent) => changes.replay(ruleSet, options.reason, sent)),
        );
      }
      output.result(result, () => told(result));
    });
}

const told = ({ programme, ruleSet, digestBefore, digestAfter, generation }: Replayed): string =>
  [
    `${programme} is read under rule set ${ruleSet}, since ever (generation ${generation}).`,
    `  digest before  ${digestBefore}`,
    `  digest after   ${digestAfter}${digestBefore === digestAfter ? ' (nothing changed)' : ''}`,
  ].join('\n');

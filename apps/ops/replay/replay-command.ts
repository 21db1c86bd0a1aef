import type { Command } from 'commander';
import type { Replayed } from '../../../libs/rule-changes/rule-changes.js';
import { placesOf, refuseWithoutStore } from '../data-folder.js';
import { print, subcommand } from '../output.js';
import { change } from '../rules/change.js';

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
    .action(async ({ rules, reason }: Options, command: Command) => {
      refuseWithoutStore(await placesOf(command));
      const { readRules } = await import('../rule-source.js');
      const { ruleSet } = readRules(rules);
      const route = { path: '/v1/generations', body: { ruleSet, reason } };
      const result = await change<Replayed>(command, route, (changes, sent) => changes.replay(ruleSet, reason, sent));
      await print(command, result, () => replayedText(result));
    });
}

const replayedText = ({ programme, ruleSet, digestBefore, digestAfter, generation }: Replayed): string =>
  [
    `${programme} is read under rule set ${ruleSet}, since ever (generation ${generation}).`,
    `  digest before  ${digestBefore}`,
    `  digest after   ${digestAfter}${digestBefore === digestAfter ? ' (nothing changed)' : ''}`,
  ].join('\n');

import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { runningAppOn, placesOf, refuseWithoutStore, withStores } from '../data-folder.js';
import { instant } from '../instant.js';
import { operator } from '../operator.js';
import { print, subcommand } from '../output.js';
import { askApp } from '../over-http.js';
import type { Rehearsed } from './rehearse-run.js';

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly since?: string;
  readonly at?: string;
  readonly against?: string;
  readonly html?: string;
  readonly as?: string;
}

export function addRehearse(program: Command): void {
  subcommand(program, 'rehearse <rules>', 'show what other rules would change, before you change them')
    .option('--from <instant>', 'only cases opened from then on')
    .option('--to <instant>', 'only cases opened before')
    .option('--since <instant>', 'as if the rules came into force then (default: over the whole past)')
    .option('--at <instant>', 'when to read running clocks (default: now)')
    .option('--against <rules>', 'compare with these rules instead of those in force')
    .option('--html <file>', 'write the report as one self-contained page')
    .option('--as <name>', 'who rehearses (default: AMENDS_OPERATOR, else your login name)')
    .addHelpText(
      'after',
      `
Rules are a file, or the hash of a rule set of the store, which you may shorten. It reads history again: it sends
nothing, and changes nothing that is served. Mechanical effect only: it replays the rules, not how people would have
behaved under them. It records a draft's rehearsal with its digests: that is the plan that others approve and amends
rules activate carries out.`,
    )
    .action(async (rules: string, { html, as, ...options }: Options, command: Command) => {
      const places = await placesOf(command);
      refuseWithoutStore(places);
      const [{ runRehearsal }, { rehearsalText }, { isRuleFile }] = await Promise.all([
        import('./rehearse-run.js'),
        import('./rehearse-text.js'),
        import('../rule-source.js'),
      ]);
      const request = {
        rules,
        against: options.against,
        from: instant(options.from, '--from'),
        to: instant(options.to, '--to'),
        since: instant(options.since, '--since'),
        at: instant(options.at, '--at'),
      };
      const app = await runningAppOn(places);
      let result: Rehearsed;
      if (app && !isRuleFile(rules)) {
        // The app records a draft's rehearsal, because it writes the store.
        result = await askApp<Rehearsed>(app, 'POST', '/v1/rehearsals', request);
      } else {
        const mode = isRuleFile(rules) ? 'read' : 'write';
        result = await withStores(places, mode, (stores) => runRehearsal(stores, { ...request, actor: operator(as) }));
      }
      if (html !== undefined) {
        const { rehearsalPage } = await import('../../../libs/rehearsal/page/rehearsal-page.js');
        writeFileSync(html, rehearsalPage(result), { mode: 0o600 });
        process.stderr.write(`The report is in ${html}\n`);
      }
      await print(command, result, () => rehearsalText(result));
    });
}

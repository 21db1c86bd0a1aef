import type { Command } from 'commander';
import { appBeside, placesOf, refuseWithoutStore, withStores } from '../data-folder.js';
import { Output } from '../output.js';
import { subcommand } from '../subcommand.js';
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
  subcommand(program, 'rehearse <rules>', 'what would have been under other rules: read it before you change them')
    .option('--from <instant>', 'of cases opened from here on')
    .option('--to <instant>', 'of cases opened before')
    .option('--since <instant>', 'as if the rules took force then (default: over all of the past)')
    .option('--at <instant>', 'the moment at which running clocks are read (default: now)')
    .option('--against <rules>', 'compared with these rules, and not with those in force')
    .option('--html <file>', 'write the report as one page that stands by itself')
    .option('--as <name>', 'who rehearses (default: AMENDS_OPERATOR, else your login name)')
    .addHelpText(
      'after',
      `
Rules are a file, or a rule set of the store by its hash, which may be cut short. History is read once more in a store
of its own, which is gone afterwards: nothing is sent, and nothing that is served changes. Mechanical effect only: the
rules are replayed, not how people would have behaved under them. A rehearsal of a draft is recorded, with its digests:
it is the plan that is approved and then carried out by amends rules activate.`,
    )
    .action(async (rules: string, { html, as, ...options }: Options, command: Command) => {
      const output = Output.of(command);
      const places = await placesOf(command);
      refuseWithoutStore(places);
      const [{ runRehearsal }, { instant }, { isRuleFile }, { operator }] = await Promise.all([
        import('./rehearse-run.js'),
        import('../instant.js'),
        import('../rule-source.js'),
        import('../operator.js'),
      ]);
      const times = Object.fromEntries(
        (['from', 'to', 'since', 'at'] as const).flatMap((name) => {
          const text = options[name];
          return text === undefined ? [] : [[name, instant(text, `--${name}`)]];
        }),
      );
      const request = { rules, ...times, ...(options.against === undefined ? {} : { against: options.against }) };
      const app = await appBeside(places);
      let result: Rehearsed;
      if (app && !isRuleFile(rules)) {
        // The rehearsal of a draft is recorded, and the app is who writes.
        const { askApp } = await import('../over-http.js');
        result = await askApp<Rehearsed>(app, 'POST', '/v1/rehearsals', request);
      } else {
        const mode = isRuleFile(rules) ? 'read' : 'write';
        result = await withStores(places, mode, (stores) => runRehearsal(stores, { ...request, actor: operator(as) }));
      }
      if (html !== undefined) {
        const [{ writeFileSync }, { rehearsalPage }] = await Promise.all([
          import('node:fs'),
          import('../../../libs/rehearsal/page/rehearsal-page.js'),
        ]);
        writeFileSync(html, rehearsalPage(result), { mode: 0o600 });
        output.note(`The report is in ${html}`);
      }
      const { rehearsalText } = await import('./rehearse-text.js');
      const text = output.json ? '' : await rehearsalText(result);
      output.result(result, () => text);
    });
}

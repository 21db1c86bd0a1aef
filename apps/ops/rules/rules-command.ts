import { Option, type Command } from 'commander';
import type { NamedRules } from '../../../libs/rule-changes/builds.js';
import type { ActivatedOverThePast, RolledBack } from '../../../libs/rule-changes/rule-changes.js';
import type { RulesCommand } from '../../../libs/recovery/rules/rule-decider.js';
import { placesOf, refuseWithoutStore, withStores } from '../data-folder.js';
import { EXIT } from '../failure.js';
import { instant } from '../instant.js';
import { print, subcommand, table } from '../output.js';
import { change, write, type Route } from './change.js';

export function addRules(program: Command): void {
  const rules = program
    .command('rules')
    .description('the rule sets of a programme: list, show, check, draft, approve, activate, rollback');
  addList(rules);
  addShow(rules);
  addCheck(rules);
  addDraft(rules);
  addApprove(rules);
  addActivate(rules);
  addRollback(rules);
}

function addList(rules: Command): void {
  subcommand(rules, 'list', 'every rule set in history, and when it is in force').action(
    async (_options: object, command: Command) => {
      const { listRules } = await import('./rules-run.js');
      const rows = await withStores(await placesOf(command), 'read', (stores) =>
        listRules(stores, new Date().toISOString()),
      );
      await print(command, { ruleSets: rows }, () =>
        table(
          ['programme', 'rule set', 'title', 'drafted', 'status', 'in force from'],
          rows.map(({ programme, ruleSet, title, draftedAt, status, from }) => {
            const since = from ?? (status.endsWith('in force') ? 'ever' : null);
            return [programme, ruleSet.slice(0, 12), title, draftedAt, status, since];
          }),
        ),
      );
    },
  );
}

function addShow(rules: Command): void {
  subcommand(
    rules,
    'show <rule-set>',
    'one rule set as YAML; its hash may be cut short, or be the name of a programme',
  ).action(async (name: string, _options: object, command: Command) => {
    const [{ showRules }, { stringify }] = await Promise.all([import('./rules-run.js'), import('yaml')]);
    const shown = await withStores(await placesOf(command), 'read', (stores) => showRules(stores, name));
    await print(command, shown, () => stringify(shown.content, { lineWidth: 110 }).trimEnd());
  });
}

function addCheck(rules: Command): void {
  subcommand(
    rules,
    'check <file>',
    'all mistakes of a rule set, with line and path; exits with 1 where there are any',
  ).action(async (file: string, _options: object, command: Command) => {
    const { checkRules } = await import('./rules-run.js');
    const checked = checkRules(file);
    await print(command, checked, () =>
      checked.problems.length === 0
        ? `${file} is sound: rule set ${checked.ruleSet} of ${checked.programme}`
        : checked.problems.map((problem) => `${file}: ${problem.sentence}`).join('\n'),
    );
    if (checked.problems.length > 0) process.exitCode = EXIT.wrong;
  });
}

function addDraft(rules: Command): void {
  acting(rules, 'draft <file>', 'check a rule set, and put it into history, so that it can be rehearsed and approved')
    .option('--note <text>', 'what it is for')
    .action(async (file: string, { note, as }: Acting & { note?: string }, command: Command) => {
      const { readRules } = await import('../rule-source.js');
      const { ruleSet, hash } = readRules(file);
      const { programme } = ruleSet;
      const draft = { content: ruleSet, ...(note ? { note } : {}) };
      const route = { as, path: '/v1/rules/drafts', body: draft };
      await decide(command, { type: 'DraftRuleSet', programme, ruleSet: hash, ...draft }, route, 'drafted');
    });
}

function addApprove(rules: Command): void {
  acting(rules, 'approve <rule-set>', 'approve what a rehearsal showed: another operator than its author, unless alone')
    .requiredOption('--reason <text>', 'why these rules are right')
    .action(async (name: string, { reason, as }: Acting & { reason: string }, command: Command) => {
      const rules = await named(command, name);
      const route = { as, path: `${pathOf(rules)}/approve`, body: { reason } };
      await decide(command, { type: 'ApproveRuleSet', ...rules, reason }, route, 'approved');
    });
}

interface ActivateOptions extends Acting {
  readonly from?: string;
  readonly overThePast?: boolean;
}

function addActivate(rules: Command): void {
  acting(
    rules,
    'activate <rule-set>',
    'put an approved rule set in force: from now, from a later time, or over the past',
  )
    .addOption(
      new Option(
        '--from <instant>',
        'such as 2031-05-05T09:00:00.000Z: past verdicts keep the rules they had',
      ).conflicts('overThePast'),
    )
    .option('--over-the-past', 'all of history is read under it: does what was rehearsed and approved, or refuses')
    .addHelpText(
      'after',
      `
Over the past, the read models are built beside those that are served. They must have the digest that was rehearsed and
approved; what came since is then folded in, and its difference shown. The switch is one step for all read models, and
the build before is kept: amends rules rollback goes back to it.`,
    )
    .action(async (name: string, { from, overThePast = false, as }: ActivateOptions, command: Command) => {
      const rules = await named(command, name);
      const since = instant(from, '--from');
      const route = { as, path: `${pathOf(rules)}/activate`, body: overThePast ? { overThePast } : { from: since } };
      const result = await change<ActivatedOverThePast>(command, route, (changes, sent) =>
        overThePast ? changes.activateOverThePast(rules, sent) : changes.activateFrom(rules, since, sent),
      );
      await print(command, { ...result, done: 'activated' }, () => activatedText(result));
    });
}

function activatedText(activated: ActivatedOverThePast): string {
  const { programme, ruleSet, digestBefore, digestAfter, since, generation, replaces } = activated;
  const came =
    since === undefined || since.events === 0
      ? []
      : [
          `  since the rehearsal ${since.events} events came: ${since.changedRehearsed} verdicts changed then, ${since.changedNow} now`,
        ];
  return [
    `Rule set ${ruleSet} of ${programme} is activated${since === undefined ? '' : ' over the past'} (generation ${generation}).`,
    `  digest before  ${digestBefore}`,
    `  digest after   ${digestAfter}`,
    ...came,
    ...replaces.map(({ ruleSet: planned, from }) => `  replaces       ${planned}, which was planned from ${from} on`),
  ].join('\n');
}

function addRollback(rules: Command): void {
  acting(rules, 'rollback <programme>', 'back to the rules before the last activation, and to their read models')
    .requiredOption('--reason <text>', 'what went wrong')
    .action(async (programme: string, { reason, as }: Acting & { reason: string }, command: Command) => {
      refuseWithoutStore(await placesOf(command));
      const route = { as, path: `${pathOf({ programme })}/rollback`, body: { reason } };
      const result = await change<RolledBack>(command, route, (changes, sent) =>
        changes.rollBack(programme, reason, sent),
      );
      const { book, digestBefore, digestAfter } = result;
      await print(command, result, () =>
        [
          `The rules of ${programme} are rolled back: ${book.map(({ ruleSet }) => ruleSet).join(', ')} holds.`,
          `  digest before  ${digestBefore}`,
          `  digest after   ${digestAfter}`,
        ].join('\n'),
      );
    });
}

interface Acting {
  readonly as?: string;
}

/** A command that history names somebody for. */
const acting = (rules: Command, name: string, description: string): Command =>
  subcommand(rules, name, description).option(
    '--as <name>',
    'who acts (default: AMENDS_OPERATOR, else your login name)',
  );

async function named(command: Command, name: string): Promise<NamedRules> {
  const { showRules } = await import('./rules-run.js');
  const { programme, ruleSet } = await withStores(await placesOf(command), 'read', (on) => showRules(on, name));
  return { programme, ruleSet };
}

const pathOf = ({ programme, ruleSet }: { readonly programme: string; readonly ruleSet?: string }): string =>
  ['/v1/rules', encodeURIComponent(programme), ...(ruleSet === undefined ? [] : [ruleSet])].join('/');

/** Sends one command on rules, here or through the app that writes the folder. */
async function decide(
  command: Command,
  rules: RulesCommand & { ruleSet: string },
  route: Route,
  done: string,
): Promise<void> {
  await write(command, route, async (stores, actor) =>
    (await import('./change-rules.js')).decideRules(stores, rules, actor),
  );
  const { programme, ruleSet } = rules;
  await print(command, { programme, ruleSet, done }, () => `Rule set ${ruleSet} of ${programme} is ${done}.`);
}

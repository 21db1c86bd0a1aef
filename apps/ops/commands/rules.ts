import type { Command } from 'commander';
import type { RulesCommand } from '../../../libs/recovery/rules/rule-decider.js';
import { appBeside, dataFolder, withStores } from '../data-folder.js';
import { EXIT } from '../exit-codes.js';
import { Output, table } from '../output.js';
import { subcommand } from '../subcommand.js';

export function addRules(program: Command): void {
  const rules = program
    .command('rules')
    .description('the rule sets of a programme: list, show, check, draft, approve, activate');
  addList(rules);
  addShow(rules);
  addCheck(rules);
  addDraft(rules);
  addApprove(rules);
  addActivate(rules);
}

function addList(rules: Command): void {
  subcommand(rules, 'list', 'every rule set in history, and when it is in force').action(
    async (_options: object, command: Command) => {
      const output = Output.of(command);
      const { listRules } = await import('../rules-run.js');
      const rows = await withStores(dataFolder(command), 'read', listRules);
      const text = await table(
        ['programme', 'rule set', 'title', 'drafted', 'status', 'in force from'],
        rows.map((row) => [
          row.programme,
          row.ruleSet.slice(0, 12),
          row.title,
          row.draftedAt,
          row.status,
          row.from ?? (row.status === 'in force' ? 'ever' : null),
        ]),
      );
      output.result({ ruleSets: rows }, () => text);
    },
  );
}

function addShow(rules: Command): void {
  subcommand(
    rules,
    'show <rule-set>',
    'one rule set as YAML; its hash may be cut short, or be the name of a programme',
  ).action(async (name: string, _options: object, command: Command) => {
    const output = Output.of(command);
    const [{ showRules }, { stringify }] = await Promise.all([import('../rules-run.js'), import('yaml')]);
    const shown = await withStores(dataFolder(command), 'read', (stores) => showRules(stores, name));
    output.result(shown, () => stringify(shown.content, { lineWidth: 110 }).trimEnd());
  });
}

function addCheck(rules: Command): void {
  subcommand(
    rules,
    'check <file>',
    'all mistakes of a rule set, with line and path; exits with 1 where there are any',
  ).action(async (file: string, _options: object, command: Command) => {
    const output = Output.of(command);
    const { checkRules } = await import('../rules-run.js');
    const checked = checkRules(file);
    output.result(checked, () =>
      checked.problems.length === 0
        ? `${file} is sound: rule set ${checked.ruleSet} of ${checked.programme}`
        : checked.problems.map((problem) => `${file}: ${problem.sentence}`).join('\n'),
    );
    if (checked.problems.length > 0) process.exitCode = EXIT.wrong;
  });
}

function addDraft(rules: Command): void {
  subcommand(rules, 'draft <file>', 'put a rule set into history, so that it can be approved')
    .option('--note <text>', 'what it is for')
    .action(async (file: string, { note }: { note?: string }, command: Command) => {
      const { readRules } = await import('../rule-file.js');
      const { ruleSet, hash } = readRules(file);
      const { programme } = ruleSet;
      await decide(
        command,
        { type: 'DraftRuleSet', programme, ruleSet: hash, content: ruleSet, ...(note ? { note } : {}) },
        'drafted',
      );
    });
}

function addApprove(rules: Command): void {
  subcommand(rules, 'approve <rule-set>', 'approve a drafted rule set: another operator than its author, unless alone')
    .requiredOption('--reason <text>', 'why these rules are right')
    .action(async (name: string, { reason }: { reason: string }, command: Command) => {
      const { programme, ruleSet } = await named(command, name);
      await decide(command, { type: 'ApproveRuleSet', programme, ruleSet, reason }, 'approved');
    });
}

function addActivate(rules: Command): void {
  subcommand(rules, 'activate <rule-set>', 'put an approved rule set in force from now, or from a later time on')
    .option('--from <instant>', 'such as 2031-05-05T09:00:00.000Z')
    .addHelpText('after', '\nTo have history read under it since ever: amends replay --rules FILE.')
    .action(async (name: string, { from }: { from?: string }, command: Command) => {
      const { instant } = await import('../instant.js');
      const { programme, ruleSet } = await named(command, name);
      const since = from === undefined ? {} : { from: instant(from, '--from') };
      await decide(command, { type: 'ActivateRuleSet', programme, ruleSet, ...since }, 'activated');
    });
}

async function named(command: Command, name: string): Promise<{ programme: string; ruleSet: string }> {
  const { findRules } = await import('../rules-run.js');
  return withStores(dataFolder(command), 'read', (stores) => findRules(stores, name));
}

/** Decided here, or by the app that writes the folder. */
async function decide(command: Command, rules: RulesCommand & { ruleSet: string }, done: string): Promise<void> {
  const output = Output.of(command);
  const folder = dataFolder(command);
  const app = await appBeside(folder);
  if (app) {
    const { sendRules } = await import('../rules-over-http.js');
    await sendRules(app, rules);
  } else {
    const { decideRules } = await import('../rules-run.js');
    await withStores(folder, 'write', (stores) => decideRules(stores, rules));
  }
  const { programme, ruleSet } = rules;
  output.result({ programme, ruleSet, done }, () => `Rule set ${ruleSet} of ${programme} is ${done}.`);
}

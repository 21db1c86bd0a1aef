import { Option, type Command } from 'commander';
import type { Cell } from '../output.js';
import { Output, table } from '../output.js';
import { placesOf } from '../data-folder.js';
import type { ReportRequest } from './report-run.js';
import { subcommand } from '../subcommand.js';

interface Options {
  readonly programme?: string;
  readonly knownAt?: string;
  readonly at?: string;
  readonly under?: string;
  readonly rules?: string;
}

/** Written here, and not where they are computed, so that help is printed without loading a store. */
const CLOCKS_BY = ['priority', 'team', 'owner', 'kind', 'touchpoint', 'product', 'programme', 'ruleSet'] as const;
const TIMES_BY = ['priority', 'team', 'owner', 'kind', 'touchpoint', 'product', 'month', 'programme'] as const;

export function addReport(program: Command): void {
  const report = program
    .command('report')
    .description('report on clocks, disagreements, funnel, root-causes, times or repeats, from the read models');
  clocks(report);
  disagreements(report);
  funnel(report);
  rootCauses(report);
  times(report);
  repeats(report);
}

/** A report's command, with the options for times and rules. */
const reporting = (report: Command, name: string, description: string): Command =>
  subcommand(report, name, description)
    .option('--programme <name>', 'only this line of work')
    .option('--known-at <instant>', 'as known at that time, from a separate read of history')
    .option('--at <instant>', 'when to read running clocks (default: --known-at, else now)')
    .option('--under <rules>', 'as under these rules, a file or a hash, from a separate read of history')
    .addOption(new Option('--rules <file>', 'the same as --under').hideHelp());

async function run<T>(command: Command, options: Options, ask: (request: ReportRequest) => Promise<T>): Promise<T> {
  const [{ instant }, { withReads }] = await Promise.all([import('../instant.js'), import('./report-run.js')]);
  const under = options.under ?? options.rules;
  const knownAt = options.knownAt === undefined ? undefined : instant(options.knownAt, '--known-at');
  const at = options.at === undefined ? (knownAt ?? new Date().toISOString()) : instant(options.at, '--at');
  return withReads(await placesOf(command), { knownAt, under }, (reads) =>
    ask({ reads, at, programme: options.programme }),
  );
}

async function show(
  command: Command,
  result: unknown,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  const text = await table(head, rows);
  Output.of(command).result(result, () => text);
}

function clocks(report: Command): void {
  reporting(report, 'clocks', "promises met and missed, and the sources' own verdicts")
    .addOption(new Option('--by <field>', 'a line for each').choices(CLOCKS_BY).default('priority'))
    .action(async (options: Options & { by: (typeof CLOCKS_BY)[number] }, command: Command) => {
      const { by } = options;
      const result = await run(command, options, async ({ reads, ...asked }) =>
        (await import('../../../libs/reports/clock-report.js')).clockReport(reads, { ...asked, by }),
      );
      const figures = [
        'met',
        'missed',
        'running',
        'overdue',
        'reportedMet',
        'reportedMissed',
        'disagreements',
      ] as const;
      await show(
        command,
        result,
        ['target', by, 'met', 'missed', 'running', 'overdue', 'reported met', 'reported missed', 'disagreements'],
        result.rows.map((row) => [row.target, row[by] ?? '-', ...figures.map((figure) => row[figure])]),
      );
    });
}

function disagreements(report: Command): void {
  reporting(report, 'disagreements', "the clocks whose verdict is not the source's")
    .option('--target <id>', 'only this promise')
    .action(async (options: Options & { target?: string }, command: Command) => {
      const { target } = options;
      const rows = await run(command, options, async ({ reads, programme }) =>
        (await import('./report-run.js')).allDisagreements(reads, {
          programme: programme || undefined,
          target: target || undefined,
        }),
      );
      await show(
        command,
        { rows },
        ['case', 'reference', 'target', 'priority', 'computed', 'reported', 'worked h'],
        rows.map((row) => [
          row.case,
          row.reference,
          row.target,
          row.priority,
          row.met ? 'met' : 'missed',
          row.reported,
          hours(row.workingMs),
        ]),
      );
    });
}

function funnel(report: Command): void {
  reporting(report, 'funnel', 'how many responses and cases reached each step, and the answers to offers').action(
    async (options: Options, command: Command) => {
      const result = await run(command, options, async ({ reads, programme }) =>
        (await import('../../../libs/reports/funnel-report.js')).funnelReport(reads, {
          programme: programme || undefined,
        }),
      );
      const { total, accepted, declined, unanswered } = result.offers;
      const steps = await table(
        ['step', 'count', 'of', 'rate %', '95 % interval'],
        result.rows.map(({ step, count, of, rate, low, high }) => [
          step,
          count,
          of,
          percent(rate),
          low === null ? null : `${percent(low)} to ${percent(high)}`,
        ]),
      );
      const offers = await table(
        ['offers', 'accepted', 'declined', 'unanswered'],
        [[total, accepted, declined, unanswered]],
      );
      Output.of(command).result(result, () => `${steps}\n${offers}`);
    },
  );
}

function rootCauses(report: Command): void {
  reporting(report, 'root-causes', 'causes, the most frequent first')
    .addOption(new Option('--level <n>', 'how fine').choices(['1', '2', '3', '4']).default('1'))
    .addOption(
      new Option('--as <reading>', 'causes as the rules read them now, as last recorded, or as first recorded')
        .choices(['read', 'recorded', 'first'])
        .default('read'),
    )
    .action(async (options: Options & { level: string; as: 'read' | 'recorded' | 'first' }, command: Command) => {
      const level = Number(options.level) as 1 | 2 | 3 | 4;
      const result = await run(command, options, async ({ reads, programme }) =>
        (await import('../../../libs/reports/root-cause-report.js')).rootCauseReport(reads, {
          level,
          as: options.as,
          programme: programme || undefined,
        }),
      );
      await show(
        command,
        result,
        ['cause', 'cases', 'share %', 'so far %'],
        result.rows.map(({ cause, count, share, cumulativeShare }) => [
          cause.join(' > '),
          count,
          percent(share),
          percent(cumulativeShare),
        ]),
      );
    });
}

function times(report: Command): void {
  reporting(report, 'times', 'how long cases took to each step, in hours')
    .addOption(new Option('--by <field>', 'a line for each').choices(TIMES_BY).default('priority'))
    .action(async (options: Options & { by: (typeof TIMES_BY)[number] }, command: Command) => {
      const { by } = options;
      const result = await run(command, options, async ({ reads, programme }) =>
        (await import('../../../libs/reports/times-report.js')).timesReport(reads, {
          by,
          programme: programme || undefined,
        }),
      );
      await show(
        command,
        result,
        [by, 'step', 'cases', 'mean', 'median', 'p90', 'working mean', 'working median', 'working p90'],
        result.rows.map((row) => [
          row[by] ?? '-',
          row.step,
          row.count,
          ...[row.wall, row.working].flatMap(({ mean, median, p90 }) => [mean, median, p90].map(hours)),
        ]),
      );
    });
}

function repeats(report: Command): void {
  reporting(report, 'repeats', 'customers who came back with another case').action(
    async (options: Options, command: Command) => {
      const result = await run(command, options, async ({ reads, programme }) =>
        (await import('../../../libs/reports/repeat-report.js')).repeatReport(reads, {
          programme: programme || undefined,
        }),
      );
      await show(
        command,
        result,
        ['programme', 'customers', 'cases', 'within 30 days', 'within 90 days', 'customers 30', 'customers 90'],
        result.rows.map((row) => [
          row.programme,
          row.customers,
          row.cases,
          row.repeatsWithin30Days,
          row.repeatsWithin90Days,
          row.customersWithin30Days,
          row.customersWithin90Days,
        ]),
      );
    },
  );
}

const percent = (share: number | null): number | null => (share === null ? null : Number((share * 100).toFixed(1)));
const hours = (ms: number | null): number | null => (ms === null ? null : Number((ms / 3_600_000).toFixed(2)));

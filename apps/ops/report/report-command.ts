import { Option, type Command } from 'commander';
import type { ReadStore } from '../../../libs/read-store/read-store.js';
import { CLOCK_REPORT_BY, clockReport, type ClockReportBy } from '../../../libs/reports/clock-report.js';
import { funnelReport, type FunnelRow } from '../../../libs/reports/funnel-report.js';
import { HELD_BACK_STATES, heldBackList, type HeldBackRequest } from '../../../libs/reports/held-back-list.js';
import { RELEASE_ORDERS } from '../../../libs/recovery/vocabulary/words.js';
import { repeatReport } from '../../../libs/reports/repeat-report.js';
import {
  CAUSE_LEVELS,
  CAUSE_READINGS,
  rootCauseReport,
  type CauseLevel,
  type CauseReading,
} from '../../../libs/reports/root-cause-report.js';
import { TIMES_BY, timesReport, type TimesBy } from '../../../libs/reports/times-report.js';
import { placesOf } from '../data-folder.js';
import { timesOf } from '../instant.js';
import { print, subcommand, table, type Cell } from '../output.js';

export function addReport(program: Command): void {
  const report = program
    .command('report')
    .description(
      'report on clocks, disagreements, funnel, root-causes, times, repeats or held-back, from the read models',
    );
  clocks(report);
  disagreements(report);
  funnel(report);
  rootCauses(report);
  times(report);
  repeats(report);
  heldBack(report);
}

interface Given {
  readonly programme?: string;
  readonly knownAt?: string;
  readonly at?: string;
  readonly under?: string;
  readonly rules?: string;
}

interface Asked {
  readonly programme: string | undefined;
  readonly at: string;
}

type Table = readonly [head: readonly string[], rows: readonly (readonly Cell[])[]];

interface Reporting<Options, Result> {
  readonly name: string;
  readonly says: string;
  readonly options?: readonly Option[];
  ask(this: void, reads: ReadStore, asked: Asked & Options): Promise<Result>;
  tables(this: void, result: Result, options: Options): readonly Table[];
}

/** A report's command, with the options for times and rules beside its own. */
function reporting<Options, Result>(report: Command, asks: Reporting<Options, Result>): void {
  const { name, says, options = [], ask, tables } = asks;
  const reportCommand = subcommand(report, name, says)
    .option('--programme <name>', 'only this line of work')
    .option('--known-at <instant>', 'as known at that time, from a separate read of history')
    .option('--at <instant>', 'when to read running clocks (default: --known-at, else now)')
    .option('--under <rules>', 'as under these rules, a file or a hash, from a separate read of history')
    .addOption(new Option('--rules <file>', 'the same as --under').hideHelp());
  for (const option of options) reportCommand.addOption(option);
  reportCommand.action(async (given: Given & Options, command: Command) => {
    const { withReads } = await import('./report-run.js');
    const { knownAt, at } = timesOf(given);
    const asked = { ...given, at, programme: given.programme || undefined };
    const view = { knownAt, under: given.under ?? given.rules };
    const result = await withReads(await placesOf(command), view, (reads) => ask(reads, asked));
    await print(command, result, async () => {
      const texts = tables(result, given).map(([head, rows]) => table(head, rows));
      return (await Promise.all(texts)).join('\n');
    });
  });
}

const aLineForEach = (choices: readonly string[]): Option =>
  new Option('--by <field>', 'a line for each').choices(choices).default('priority');

const clocks = (report: Command): void =>
  reporting(report, {
    name: 'clocks',
    says: "promises met and missed, and the sources' own verdicts",
    options: [aLineForEach(CLOCK_REPORT_BY)],
    ask: (reads, { programme, at, by }: Asked & { by: ClockReportBy }) => clockReport(reads, { programme, at, by }),
    tables: ({ rows }, { by }) => [
      [
        ['target', by, 'met', 'missed', 'running', 'overdue', 'reported met', 'reported missed', 'disagreements'],
        rows.map((row) => {
          const { target, met, missed, running, overdue, reportedMet, reportedMissed, disagreements: differing } = row;
          return [target, row[by] ?? '-', met, missed, running, overdue, reportedMet, reportedMissed, differing];
        }),
      ],
    ],
  });

const disagreements = (report: Command): void =>
  reporting(report, {
    name: 'disagreements',
    says: "the clocks whose verdict is not the source's",
    options: [new Option('--target <id>', 'only this promise')],
    ask: async (reads, { programme, target }: Asked & { target?: string }) => {
      const { allDisagreements } = await import('./report-run.js');
      return { rows: await allDisagreements(reads, { programme, target: target || undefined }) };
    },
    tables: ({ rows }) => [
      [
        ['case', 'reference', 'target', 'priority', 'computed', 'reported', 'worked h'],
        rows.map(({ case: id, reference, target, priority, met, reported, workingMs }) => [
          id,
          reference,
          target,
          priority,
          met ? 'met' : 'missed',
          reported,
          hours(workingMs),
        ]),
      ],
    ],
  });

const STEP_COLUMNS = ['count', 'of', 'rate %', '95 % interval'];

function stepCells({ step, count, of, rate, low, high }: FunnelRow): readonly Cell[] {
  const interval = low === null ? null : `${percent(low)} to ${percent(high)}`;
  return [step, count, of, percent(rate), interval];
}

const funnel = (report: Command): void =>
  reporting(report, {
    name: 'funnel',
    says: 'how many responses and cases reached each step, what the throttle held back, and the answers to offers',
    ask: (reads, { programme, at }: Asked) => funnelReport(reads, { programme, at }),
    tables: ({ rows, apart, triage, offers: { total, accepted, declined, unanswered } }) => [
      [['step', ...STEP_COLUMNS], rows.map(stepCells)],
      ...apart.map(({ says, count, rows: further }): Table => [
        ['counted apart', ...STEP_COLUMNS],
        [[says, count, null, null, null], ...further.map(stepCells)],
      ]),
      [
        ['respected', 'held back', 'released', 'expired', 'waiting'],
        [[triage.respected, triage.heldBack, triage.released, triage.expired, triage.waiting]],
      ],
      [['offers', 'accepted', 'declined', 'unanswered'], [[total, accepted, declined, unanswered]]],
    ],
  });

const rootCauses = (report: Command): void =>
  reporting(report, {
    name: 'root-causes',
    says: 'causes, the most frequent first',
    options: [
      new Option('--level <n>', 'how fine').choices(CAUSE_LEVELS.map(String)).default('1'),
      new Option('--as <reading>', 'causes as the rules read them now, as last recorded, or as first recorded')
        .choices(CAUSE_READINGS)
        .default('read'),
    ],
    ask: (reads, { programme, level, as }: Asked & { level: string; as: CauseReading }) =>
      rootCauseReport(reads, { programme, level: Number(level) as CauseLevel, as }),
    tables: ({ rows }) => [
      [
        ['cause', 'cases', 'share %', 'so far %'],
        rows.map(({ cause, count, share, cumulativeShare }) => [
          cause.join(' > '),
          count,
          percent(share),
          percent(cumulativeShare),
        ]),
      ],
    ],
  });

const inHours = (figure: string): string => `${figure} (h)`;

const times = (report: Command): void =>
  reporting(report, {
    name: 'times',
    says: 'how long cases took to each step, in hours',
    options: [aLineForEach(TIMES_BY)],
    ask: (reads, { programme, by }: Asked & { by: TimesBy }) => timesReport(reads, { programme, by }),
    tables: ({ rows }, { by }) => [
      [
        [
          by,
          'step',
          'cases',
          ...['mean', 'median', 'p90', 'working mean', 'working median', 'working p90'].map(inHours),
        ],
        rows.map((row) => {
          const spreads = [row.wall, row.working].flatMap(({ mean, median, p90 }) => [mean, median, p90].map(hours));
          return [row[by] ?? '-', row.step, row.count, ...spreads];
        }),
      ],
    ],
  });

const repeats = (report: Command): void =>
  reporting(report, {
    name: 'repeats',
    says: 'customers who came back with another case',
    ask: (reads, { programme }: Asked) => repeatReport(reads, { programme }),
    tables: ({ rows }) => [
      [
        [
          'programme',
          'customers',
          'cases',
          'within 30 days',
          'within 90 days',
          'customers within 30 days',
          'customers within 90 days',
        ],
        rows.map((row) => [
          row.programme,
          row.customers,
          row.cases,
          row.repeatsWithin30Days,
          row.repeatsWithin90Days,
          row.customersWithin30Days,
          row.customersWithin90Days,
        ]),
      ],
    ],
  });

const heldBack = (report: Command): void =>
  reporting(report, {
    name: 'held-back',
    says: 'the responses that a throttle held back: who waits for a case, since when',
    options: [
      new Option('--team <name>', 'only those of this team'),
      new Option('--state <state>', 'which of them').choices(HELD_BACK_STATES).default('waiting'),
      new Option('--order <order>', 'by age or by score').choices(RELEASE_ORDERS).default('oldest-first'),
    ],
    ask: (
      reads,
      { programme, team, state, order, at }: Asked & { team?: string } & Pick<HeldBackRequest, 'state' | 'order'>,
    ) => heldBackList(reads, { programme, team: team || undefined, state, order, at }),
    tables: ({ rows }) => [
      [
        [
          'response',
          'team',
          'score',
          'lowest %',
          'contact',
          'priority',
          'responded at',
          'held until',
          'released at',
          'by',
        ],
        rows.map((row) => [
          row.response,
          row.team,
          row.score,
          percent(row.lowest),
          row.contactMe,
          row.priority,
          row.respondedAt,
          row.heldUntil,
          row.releasedAt,
          row.releasedBy,
        ]),
      ],
    ],
  });

const percent = (share: number | null): number | null => (share === null ? null : Number((share * 100).toFixed(1)));
const hours = (ms: number | null): number | null => (ms === null ? null : Number((ms / 3_600_000).toFixed(2)));

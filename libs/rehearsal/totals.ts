import type { Document } from '../event-sourcing/projection.js';
import { stated } from '../event-sourcing/stated.js';
import type { Group, GroupQuery } from '../read-store/read-store.js';
import { CAUSE_LEVELS, causesOf, type CauseCount } from '../reports/root-cause-report.js';
import { clockCounts } from '../reports/clock-report.js';
import { between, funnelOf, funnelQuery, originsAmong, type FunnelReport } from '../reports/funnel-report.js';

/** The cases that a rehearsal compares: those of one programme opened within the window. */
export interface Scope {
  readonly programme: string;
  /** The case was opened at `from` or later, and before `to`. UTC, ISO 8601. */
  readonly from?: string;
  readonly to?: string;
  /** The moment at which running clocks are read. */
  readonly at: string;
}

export interface ClockFigures {
  readonly met: number;
  readonly missed: number;
  readonly running: number;
  readonly overdue: number;
  readonly cancelled: number;
  /** Missed, or still running past due. */
  readonly breaches: number;
}

export interface QueueFigures {
  readonly cases: number;
  readonly overdue: number;
}

export interface Totals {
  readonly clocks: ClockFigures;
  readonly byTarget: readonly ({ readonly target: string } & ClockFigures)[];
  readonly byTeam: readonly ({ readonly target: string; readonly team: string | null } & ClockFigures)[];
  readonly byPriority: readonly ({ readonly target: string; readonly priority: string } & ClockFigures)[];
  readonly queues: QueueFigures & {
    readonly byTeam: readonly ({ readonly team: string | null } & QueueFigures)[];
  };
  /** Open cases by owner, the most loaded first. */
  readonly owners: readonly ({ readonly owner: string | null } & QueueFigures)[];
  readonly causes: readonly CauseCount[];
  readonly funnel: FunnelReport;
}

/** The read models behind the totals. */
export const TOTALLED = ['clocks', 'queues', 'root_causes', 'funnel'] as const;
export type Totalled = (typeof TOTALLED)[number];

const CAUSE_FIELDS = CAUSE_LEVELS.map((level) => `level${level}`);

/** How the documents of a read model are counted. */
export interface TotalQuery extends GroupQuery {
  /** What stands for the field that documents are grouped by, if only all documents of a shard together say it. */
  among?(this: void, documents: readonly Document[]): (document: Document) => string;
}

export function totalQueries({ programme, from, to, at }: Scope): Readonly<Record<Totalled, TotalQuery>> {
  const filter = stated({ programme, openedAt: between(from, to) });
  return {
    clocks: {
      filter: { ...filter, state: { $ne: 'unattached' } },
      by: ['target', 'team', 'priority'],
      counts: {
        ...clockCounts(at),
        cancelled: { state: 'cancelled' },
      },
    },
    queues: { filter, by: ['team', 'owner'], counts: { overdue: { overdueFrom: { $lt: at } } } },
    root_causes: { filter, by: CAUSE_FIELDS },
    // A response and its case are in one shard.
    funnel: { ...funnelQuery({ programme, from, until: to, at }), by: ['about'], among: originsAmong },
  };
}

export function totalsOf(groups: Readonly<Record<Totalled, readonly Group[]>>): Totals {
  const { clocks, queues, root_causes: causes, funnel } = groups;
  return {
    clocks: clockFigures(clocks, [])[0] ?? NONE,
    byTarget: clockFigures(clocks, ['target']),
    byTeam: clockFigures(clocks, ['target', 'team']),
    byPriority: clockFigures(clocks, ['target', 'priority']),
    queues: { ...(queueFigures(queues, [])[0] ?? { cases: 0, overdue: 0 }), byTeam: queueFigures(queues, ['team']) },
    owners: queueFigures(queues, ['owner']).toSorted((a, b) => b.cases - a.cases),
    causes: causesOf(causes, CAUSE_FIELDS),
    funnel: funnelOf(funnel),
  };
}

type Row<By extends string, Figures> = { readonly [field in By]: string } & Figures;

const NONE: ClockFigures = { met: 0, missed: 0, running: 0, overdue: 0, cancelled: 0, breaches: 0 };

function clockFigures<By extends string>(groups: readonly Group[], by: readonly By[]): Row<By, ClockFigures>[] {
  return summed(groups, by, (group) => {
    const names = ['met', 'missed', 'running', 'overdue', 'cancelled'];
    const [met = 0, missed = 0, running = 0, overdue = 0, cancelled = 0] = names.map((name) =>
      Number(group[name] ?? 0),
    );
    return { met, missed, running, overdue, cancelled, breaches: missed + overdue };
  });
}

const queueFigures = <By extends string>(groups: readonly Group[], by: readonly By[]): Row<By, QueueFigures>[] =>
  summed(groups, by, (group) => ({ cases: group.count, overdue: Number(group['overdue']) }));

/** Adds up groups by fewer fields, sorted by these fields. */
function summed<By extends string, Figures extends object>(
  groups: readonly Group[],
  by: readonly By[],
  figuresOf: (group: Group) => Figures,
): Row<By, Figures>[] {
  const rows = new Map<string, Record<string, unknown>>();
  for (const group of groups) {
    const fields = by.map((field) => group[field] ?? null);
    const key = JSON.stringify(fields);
    const row = rows.get(key) ?? Object.fromEntries(by.map((field, index) => [field, fields[index]]));
    for (const [name, figure] of Object.entries(figuresOf(group))) row[name] = Number(row[name] ?? 0) + figure;
    rows.set(key, row);
  }
  const sorted = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, row]) => row) as Row<By, Figures>[];
}

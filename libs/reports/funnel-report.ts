import { stated } from '../event-sourcing/stated.js';
import type { Group, GroupQuery, ReadStore } from '../read-store/read-store.js';
import { wilson } from './wilson.js';

export interface FunnelRequest {
  readonly programme?: string;
  readonly touchpoint?: string;
  readonly product?: string;
  /** The response came, or the case was opened, at `from` or later and before `until`. */
  readonly from?: string;
  readonly until?: string;
  /** The instant as of which what is held back has expired or still waits. */
  readonly at: string;
}

/** Each step with the one that it counts a share of. */
const STEPS = {
  received: null,
  flagged: 'received',
  opened: 'flagged',
  contacted: 'opened',
  offered: 'opened',
  accepted: 'offered',
  approved: 'opened',
  reSurveyed: 'approved',
  recovered: 'reSurveyed',
} as const;
type FunnelStep = keyof typeof STEPS;

export interface FunnelRow {
  readonly step: FunnelStep;
  readonly count: number;
  readonly of: FunnelStep | null;
  /** 0 to 1, with its 95 % Wilson interval; null if there is nothing to compare with. */
  readonly rate: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** What reached a step without the one before it, and how far that came. */
export interface FunnelApart {
  readonly says: 'opened without a flagged response' | 'surveyed again without an approval';
  readonly count: number;
  /** The steps from there on. */
  readonly rows: readonly FunnelRow[];
}

/** How many responses and cases reached each step. */
export async function funnelReport(reads: ReadStore, asked: FunnelRequest): Promise<FunnelReport> {
  return funnelOf(byOrigin(await reads.group('funnel', funnelQuery(asked))));
}

/** By response, because only together do a response and its case say whether the case comes from a flagged one. */
export const funnelQuery = ({ programme, touchpoint, product, from, until, at }: FunnelRequest): GroupQuery => ({
  filter: stated({ programme, touchpoint, product, at: between(from, until) }),
  by: ['about', 'response'],
  sums: {
    offers: 'offers',
    offersAccepted: 'accepted',
    offersDeclined: 'declined',
    offersUnanswered: 'unanswered',
  },
  counts: {
    respected: { outcome: 'respected' },
    heldBack: { outcome: 'held-back' },
    released: { released: true },
    expired: { outcome: 'held-back', released: false, heldUntil: { $lte: at } },
    flagged: { flagged: true },
    contacted: { contacted: true },
    offered: { offered: true },
    accepted: { acceptedAny: true },
    approved: { approved: true },
    reSurveyed: { approved: true, reSurveyed: true },
    recovered: { approved: true, recovered: true },
    reSurveyedUnapproved: { approved: false, reSurveyed: true },
    recoveredUnapproved: { approved: false, recovered: true },
  },
});

/** Responses, cases that were opened for a flagged one, and other cases. */
type Origin = 'response' | 'case' | 'other-case';

type Counted = Readonly<Record<string, unknown>>;

/** Where documents, or groups of them, come from. Those of a response and of its case must be among the same. */
export function originsAmong(all: readonly Counted[]): (one: Counted) => Origin {
  const flagged = new Set<unknown>();
  for (const { about, response, flagged: count } of all)
    if (about === 'response' && Number(count) > 0) flagged.add(response);
  return ({ about, response }) => (about === 'response' ? 'response' : flagged.has(response) ? 'case' : 'other-case');
}

/** Adds up the groups of all responses. */
export function byOrigin(groups: readonly Group[]): readonly Group[] {
  const originOf = originsAmong(groups);
  const sums = new Map<Origin, Record<string, string | number>>();
  for (const group of groups) {
    const origin = originOf(group);
    const sum = sums.get(origin) ?? { about: origin };
    sums.set(origin, sum);
    for (const name in group)
      if (name !== 'about' && name !== 'response') sum[name] = Number(sum[name] ?? 0) + Number(group[name]);
  }
  return [...sums.values()] as unknown as readonly Group[];
}

export type FunnelReport = ReturnType<typeof funnelOf>;

/** @param groups by origin */
export function funnelOf(groups: readonly Group[]) {
  const figure = (about: Origin, name: string): number =>
    Number(groups.find((group) => group['about'] === about)?.[name] ?? 0);
  const ofCases = (name: string): number => figure('case', name) + figure('other-case', name);
  const countedFrom =
    (cases: Origin) =>
    (step: FunnelStep): number => {
      if (step === 'received') return figure('response', 'count');
      if (step === 'flagged') return figure('response', 'flagged');
      return figure(cases, step === 'opened' ? 'count' : step);
    };
  const others = rowsFrom('opened', countedFrom('other-case'));
  const unapproved = rowsFrom('reSurveyed', (step) => ofCases(`${step}Unapproved`));
  // Without any response the funnel begins with the cases.
  const hasResponses = figure('response', 'count') > 0;
  const apart: readonly FunnelApart[] = [
    ...(hasResponses ? apartIfAny('opened without a flagged response', others) : []),
    ...apartIfAny('surveyed again without an approval', unapproved),
  ];
  const [heldBack, released, expired] = [
    figure('response', 'heldBack'),
    figure('response', 'released'),
    figure('response', 'expired'),
  ];
  return {
    rows: hasResponses ? rowsFrom('received', countedFrom('case')) : others,
    /** What the rows leave out. */
    apart,
    /** What opened no case at once: contact that the customer does not want, and what a throttle held back. */
    triage: {
      respected: figure('response', 'respected'),
      heldBack,
      released,
      expired,
      waiting: heldBack - released - expired,
    },
    offers: {
      total: ofCases('offers'),
      accepted: ofCases('offersAccepted'),
      declined: ofCases('offersDeclined'),
      unanswered: ofCases('offersUnanswered'),
    },
  };
}

/** The steps from one on, which is compared with none. */
function rowsFrom(first: FunnelStep, countOf: (step: FunnelStep) => number): readonly FunnelRow[] {
  const steps = Object.entries(STEPS) as [FunnelStep, FunnelStep | null][];
  return steps.slice(steps.findIndex(([step]) => step === first)).map(([step, before]): FunnelRow => {
    const of = step === first ? null : before;
    const count = countOf(step);
    const interval = of === null ? undefined : wilson(count, countOf(of));
    return {
      step,
      count,
      of,
      rate: of === null || !interval ? null : count / countOf(of),
      low: interval?.[0] ?? null,
      high: interval?.[1] ?? null,
    };
  });
}

const apartIfAny = (says: FunnelApart['says'], [first, ...rows]: readonly FunnelRow[]): readonly FunnelApart[] =>
  first && first.count > 0 ? [{ says, count: first.count, rows }] : [];

/** A condition on an instant: `from` or later, and before `until`. Undefined if both are open. */
export const between = (from: string | undefined, until: string | undefined) =>
  from === undefined && until === undefined ? undefined : stated({ $gte: from, $lt: until });

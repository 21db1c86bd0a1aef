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

/** Each step with the one that its rate refers to. "opened" has none: some cases come from no response. */
const STEPS = {
  received: null,
  flagged: 'received',
  opened: null,
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

/** How many responses and cases reached each step. */
export async function funnelReport(reads: ReadStore, asked: FunnelRequest): Promise<FunnelReport> {
  return funnelOf(await reads.group('funnel', funnelQuery(asked)));
}

export const funnelQuery = ({ programme, touchpoint, product, from, until, at }: FunnelRequest): GroupQuery => ({
  filter: stated({ programme, touchpoint, product, at: between(from, until) }),
  by: ['about'],
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
    reSurveyed: { reSurveyed: true },
    recovered: { recovered: true },
  },
});

export type FunnelReport = ReturnType<typeof funnelOf>;

export function funnelOf(groups: readonly Group[]) {
  const figure = (about: 'response' | 'case', name: string): number =>
    Number(groups.find((group) => group['about'] === about)?.[name] ?? 0);
  const countOf = (step: FunnelStep): number => {
    if (step === 'received') return figure('response', 'count');
    if (step === 'flagged') return figure('response', 'flagged');
    return figure('case', step === 'opened' ? 'count' : step);
  };
  const steps = Object.entries(STEPS) as [FunnelStep, FunnelStep | null][];
  const rows = steps.map(([step, of]): FunnelRow => {
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
  const [heldBack, released, expired] = [
    figure('response', 'heldBack'),
    figure('response', 'released'),
    figure('response', 'expired'),
  ];
  return {
    rows,
    /** What opened no case at once: contact that the customer does not want, and what a throttle held back. */
    triage: {
      respected: figure('response', 'respected'),
      heldBack,
      released,
      expired,
      waiting: heldBack - released - expired,
    },
    offers: {
      total: figure('case', 'offers'),
      accepted: figure('case', 'offersAccepted'),
      declined: figure('case', 'offersDeclined'),
      unanswered: figure('case', 'offersUnanswered'),
    },
  };
}

/** A condition on an instant: `from` or later, and before `until`. Undefined if both are open. */
export const between = (from: string | undefined, until: string | undefined) =>
  from === undefined && until === undefined ? undefined : stated({ $gte: from, $lt: until });

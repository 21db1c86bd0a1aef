import type { Filter } from '../filter/filter.js';
import type { GenerationChoice, Group, GroupQuery, ReadStore } from '../read-store/read-store.js';
import { wilson } from './wilson.js';

export interface FunnelAsked {
  readonly programme?: string;
  readonly touchpoint?: string;
  readonly product?: string;
  /** By the instant of the response, or of the case's opening: from, and before. */
  readonly from?: string;
  readonly until?: string;
  readonly generation?: GenerationChoice;
}

export const FUNNEL_STEPS = [
  'received',
  'flagged',
  'opened',
  'contacted',
  'offered',
  'accepted',
  'approved',
  'reSurveyed',
  'recovered',
] as const;
export type FunnelStep = (typeof FUNNEL_STEPS)[number];

export interface FunnelRow {
  readonly step: FunnelStep;
  readonly count: number;
  /** What the rate is of. Cases that no response brought are no part of the flagged ones. */
  readonly of: FunnelStep | null;
  /** 0 to 1, with its 95 % Wilson interval; null where there is nothing to take a share of. */
  readonly rate: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface FunnelReport {
  readonly rows: readonly FunnelRow[];
  readonly offers: {
    readonly total: number;
    readonly accepted: number;
    readonly declined: number;
    readonly unanswered: number;
  };
}

const OF: Readonly<Record<FunnelStep, FunnelStep | null>> = {
  received: null,
  flagged: 'received',
  opened: null,
  contacted: 'opened',
  offered: 'opened',
  accepted: 'offered',
  approved: 'opened',
  reSurveyed: 'approved',
  recovered: 'reSurveyed',
};

/** How many came how far. */
export async function funnelReport(reads: ReadStore, asked: FunnelAsked = {}): Promise<FunnelReport> {
  return funnelOf(await reads.group('funnel', funnelQuery(asked), asked.generation ?? 'live'));
}

/** What is counted of the read model `funnel`. */
export const funnelQuery = (asked: FunnelAsked): GroupQuery => ({
  filter: filterOf(asked),
  by: ['about'],
  sums: {
    offers: 'offers',
    offersAccepted: 'accepted',
    offersDeclined: 'declined',
    offersUnanswered: 'unanswered',
  },
  counts: {
    flagged: { flagged: true },
    contacted: { contacted: true },
    offered: { offered: true },
    accepted: { acceptedAny: true },
    approved: { approved: true },
    reSurveyed: { reSurveyed: true },
    recovered: { recovered: true },
  },
});

/** What those counts say. */
export function funnelOf(groups: readonly Group[]): FunnelReport {
  const [responses, cases] = ['response', 'case'].map((about) => groups.find((group) => group['about'] === about));
  const counts: Record<FunnelStep, number> = {
    received: responses?.count ?? 0,
    flagged: Number(responses?.['flagged'] ?? 0),
    opened: cases?.count ?? 0,
    contacted: Number(cases?.['contacted'] ?? 0),
    offered: Number(cases?.['offered'] ?? 0),
    accepted: Number(cases?.['accepted'] ?? 0),
    approved: Number(cases?.['approved'] ?? 0),
    reSurveyed: Number(cases?.['reSurveyed'] ?? 0),
    recovered: Number(cases?.['recovered'] ?? 0),
  };
  const rows = FUNNEL_STEPS.map((step): FunnelRow => {
    const of = OF[step];
    const interval = of === null ? undefined : wilson(counts[step], counts[of]);
    return {
      step,
      count: counts[step],
      of,
      rate: of === null || !interval ? null : counts[step] / counts[of],
      low: interval?.[0] ?? null,
      high: interval?.[1] ?? null,
    };
  });
  return {
    rows,
    offers: {
      total: Number(cases?.['offers'] ?? 0),
      accepted: Number(cases?.['offersAccepted'] ?? 0),
      declined: Number(cases?.['offersDeclined'] ?? 0),
      unanswered: Number(cases?.['offersUnanswered'] ?? 0),
    },
  };
}

const filterOf = ({ programme, touchpoint, product, from, until }: FunnelAsked): Filter => ({
  ...(programme === undefined ? {} : { programme }),
  ...(touchpoint === undefined ? {} : { touchpoint }),
  ...(product === undefined ? {} : { product }),
  ...(from === undefined && until === undefined
    ? {}
    : { at: { ...(from === undefined ? {} : { $gte: from }), ...(until === undefined ? {} : { $lt: until }) } }),
});

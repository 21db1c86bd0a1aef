import type { Shown } from '../event-sourcing/projection.js';
import { instant, isoOf } from '../recovery/fast/instants.js';
import { DAY_MS } from '../recovery/rules/duration.js';
import { caseOf } from './case-stream.js';
import type { ReadModel } from './inputs.js';

interface Opened {
  readonly case: string;
  readonly at: number;
}

interface CustomerFact {
  readonly customer: string;
  /** By programme, its cases and when they were opened, soonest first: sources are not always in order. */
  readonly opened: Readonly<Record<string, readonly Opened[]>>;
  /** Cases that go on in another one, and count there. */
  readonly merged: readonly string[];
  /** Forgotten customers are still counted: nothing here says who they were. */
  readonly forgottenAt: string | null;
}

/** The cases that came within so many days of the one before. */
const repeats = (opened: readonly Opened[], days: number): number =>
  opened.filter(({ at }, index) => index > 0 && at - (opened[index - 1]?.at ?? 0) <= days * DAY_MS).length;

/** Of two openings of a case, the earlier counts. */
const withOpening = (opened: readonly Opened[], id: string, at: number): readonly Opened[] => {
  const before = opened.find((other) => other.case === id);
  if (before && before.at <= at) return opened;
  return [...opened.filter((other) => other !== before), { case: id, at }].sort((a, b) => a.at - b.at);
};

const isoIfAny = (ms: number | undefined): string | null => (ms === undefined ? null : isoOf(ms));

/** One document for each customer and programme: how many cases they had, and how soon after one another. */
export const customers: ReadModel<CustomerFact> = {
  name: 'customers',
  version: 3,
  reads: [],
  fields: {
    customer: 'string',
    programme: 'string',
    cases: 'integer',
    firstOpenedAt: 'instant',
    lastOpenedAt: 'instant',
    repeatsWithin30Days: 'integer',
    repeatsWithin90Days: 'integer',
  },
  indexes: [['programme', 'repeatsWithin30Days'], ['customer']],
  key: (event) => {
    if (event.type === 'CaseOpened') return caseOf(event) === undefined ? undefined : event.data.customer;
    return event.type === 'CustomerForgotten' || event.type === 'CaseMerged' ? event.data.customer : undefined;
  },
  evolve: {
    CaseOpened: (fact, { data, programme, occurredAt }) => {
      const { opened = {}, merged = [], forgottenAt = null } = fact ?? {};
      const cases = withOpening(opened[programme] ?? [], data.case, instant(occurredAt));
      return { customer: data.customer, opened: { ...opened, [programme]: cases }, merged, forgottenAt };
    },
    CaseMerged: (fact, { data: { customer = '' }, stream }) => {
      const { opened = {}, merged = [], forgottenAt = null } = fact ?? {};
      return { customer, opened, merged: [...merged, caseOf({ stream }) ?? ''], forgottenAt };
    },
    CustomerForgotten: (fact, { occurredAt }) => fact && { ...fact, forgottenAt: occurredAt },
  },
  documents: ({ customer, opened, merged, forgottenAt }) =>
    Object.entries(opened)
      .map(([programme, of]) => [programme, of.filter((one) => !merged.includes(one.case))] as const)
      .filter(([, of]) => of.length > 0)
      .map(([programme, of]): Shown => {
        const document = {
          customer,
          programme,
          cases: of.length,
          firstOpenedAt: isoIfAny(of[0]?.at),
          lastOpenedAt: isoIfAny(of.at(-1)?.at),
          repeatsWithin30Days: repeats(of, 30),
          repeatsWithin90Days: repeats(of, 90),
          forgottenAt,
        };
        return [`${customer}:${programme}`, document];
      }),
};

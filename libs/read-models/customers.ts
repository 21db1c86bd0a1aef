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
  version: 2,
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
      const { opened = {}, forgottenAt = null } = fact ?? {};
      const cases = withOpening(opened[programme] ?? [], data.case, instant(occurredAt));
      return { customer: data.customer, opened: { ...opened, [programme]: cases }, forgottenAt };
    },
    // A duplicate counts once, as the case that it goes on in.
    CaseMerged: (fact, { stream, programme }) => {
      const of = fact?.opened[programme];
      if (!of) return fact;
      const others = of.filter((opened) => caseOf({ stream }) !== opened.case);
      return { ...fact, opened: { ...fact.opened, [programme]: others } };
    },
    CustomerForgotten: (fact, { occurredAt }) => fact && { ...fact, forgottenAt: occurredAt },
  },
  documents: ({ customer, opened, forgottenAt }) =>
    Object.entries(opened)
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

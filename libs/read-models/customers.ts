import { instant, isoOf } from '../recovery/fast/instants.js';
import { DAY_MS } from '../recovery/rules/duration.js';
import { caseOf } from './case-stream.js';
import type { ReadModel } from './inputs.js';

interface CustomerFact {
  readonly customer: string;
  /** By programme, when its cases were opened, soonest first: sources are not always in order. */
  readonly opened: Readonly<Record<string, readonly number[]>>;
  /** Forgotten customers are still counted: nothing here says who they were. */
  readonly forgottenAt: string | null;
}

/** The cases that came within so many days of the one before. */
const repeats = (opened: readonly number[], days: number): number =>
  opened.filter((at, index) => index > 0 && at - (opened[index - 1] ?? 0) <= days * DAY_MS).length;

const withOpening = (opened: readonly number[], at: number): readonly number[] => {
  const later = opened.findIndex((other) => other > at);
  return later < 0 ? [...opened, at] : opened.toSpliced(later, 0, at);
};

const isoIfAny = (ms: number | undefined): string | null => (ms === undefined ? null : isoOf(ms));

/** One document for each customer and programme: how many cases they had, and how soon after one another. */
export const customers: ReadModel<CustomerFact> = {
  name: 'customers',
  version: 1,
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
    return event.type === 'CustomerForgotten' ? event.data.customer : undefined;
  },
  evolve: {
    CaseOpened: (fact, { data, programme, occurredAt }) => {
      const { opened = {}, forgottenAt = null } = fact ?? {};
      const at = withOpening(opened[programme] ?? [], instant(occurredAt));
      return { customer: data.customer, opened: { ...opened, [programme]: at }, forgottenAt };
    },
    CustomerForgotten: (fact, { occurredAt }) => fact && { ...fact, forgottenAt: occurredAt },
  },
  documents: ({ customer, opened, forgottenAt }) =>
    Object.entries(opened).map(([programme, at]) => [
      `${customer}:${programme}`,
      {
        customer,
        programme,
        cases: at.length,
        firstOpenedAt: isoIfAny(at[0]),
        lastOpenedAt: isoIfAny(at.at(-1)),
        repeatsWithin30Days: repeats(at, 30),
        repeatsWithin90Days: repeats(at, 90),
        forgottenAt,
      },
    ]),
};

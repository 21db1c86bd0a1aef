import type { Shown } from '../event-sourcing/projection.js';
import { instant, isoOf } from '../recovery/fast/instants.js';
import { DAY_MS } from '../recovery/rules/duration.js';
import { caseOf } from './case-stream.js';
import type { ReadModel } from './inputs.js';

interface Opened {
  readonly case: string;
  readonly at: number;
  /** That said so: it may be withdrawn. */
  readonly event: string;
}

interface CustomerFact {
  readonly customer: string;
  /** By programme, what opened its cases, in the order told. */
  readonly opened: Readonly<Record<string, readonly Opened[]>>;
  /** Cases that go on in another one, and count there. */
  readonly merged: readonly Omit<Opened, 'at'>[];
  /** Forgotten customers are still counted: nothing here says who they were. */
  readonly forgottenAt: string | null;
}

const begin = (customer: string): CustomerFact => ({ customer, opened: {}, merged: [], forgottenAt: null });

/** The cases that came within so many days of the one before. */
const repeats = (opened: readonly Opened[], days: number): number =>
  opened.filter(({ at }, index) => index > 0 && at - (opened[index - 1]?.at ?? 0) <= days * DAY_MS).length;

/** Of several openings of a case the earliest counts. Soonest first: sources are not always in order. */
function casesOf({ merged }: CustomerFact, opened: readonly Opened[]): readonly Opened[] {
  const first = new Map<string, Opened>();
  for (const one of opened) if (one.at < (first.get(one.case)?.at ?? Infinity)) first.set(one.case, one);
  for (const { case: id } of merged) first.delete(id);
  return [...first.values()].sort((a, b) => a.at - b.at);
}

const isoIfAny = (ms: number | undefined): string | null => (ms === undefined ? null : isoOf(ms));

/** One document for each customer and programme: how many cases they had, and how soon after one another. */
export const customers: ReadModel<CustomerFact> = {
  name: 'customers',
  version: 4,
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
    if (event.type === 'EventCorrected') return event.data.withdrawn && event.data.customer;
    return event.type === 'CustomerForgotten' || event.type === 'CaseMerged' ? event.data.customer : undefined;
  },
  evolve: {
    CaseOpened: (fact, { data: { case: id, customer }, id: event, programme, occurredAt }) => {
      const before = fact ?? begin(customer);
      const opened = [...(before.opened[programme] ?? []), { case: id, at: instant(occurredAt), event }];
      return { ...before, opened: { ...before.opened, [programme]: opened } };
    },
    CaseMerged: (fact, { data: { customer = '' }, id: event, stream }) => {
      const before = fact ?? begin(customer);
      return { ...before, merged: [...before.merged, { case: caseOf({ stream }) ?? '', event }] };
    },
    EventCorrected: (fact, { data: { corrects } }) => {
      if (!fact) return undefined;
      const stands = ({ event }: { readonly event: string }): boolean => event !== corrects;
      const opened = Object.entries(fact.opened).map(([programme, of]) => [programme, of.filter(stands)] as const);
      return { ...fact, opened: Object.fromEntries(opened), merged: fact.merged.filter(stands) };
    },
    CustomerForgotten: (fact, { occurredAt }) => fact && { ...fact, forgottenAt: occurredAt },
  },
  documents: (fact) =>
    Object.entries(fact.opened)
      .map(([programme, opened]) => [programme, casesOf(fact, opened)] as const)
      .filter(([, of]) => of.length > 0)
      .map(([programme, of]): Shown => {
        const { customer, forgottenAt } = fact;
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

import type { DocumentOf, Shown } from '../event-sourcing/projection.js';
import { instant, isoOf } from '../recovery/fast/instants.js';
import type { RecordedEvent } from '../recovery/history.js';
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
  /** Who is the same person, as this customer's own stream says. */
  readonly joinedWith: readonly string[];
  /** Forgotten customers are still counted: nothing here says who they were. */
  readonly forgottenAt: string | null;
}

const begin = (customer: string): CustomerFact => ({
  ...{ customer, opened: {}, merged: [], joinedWith: [], forgottenAt: null },
});

/** How many of these openings, soonest first, came within so many days of the one before. */
export const repeats = (openings: readonly number[], days: number): number =>
  openings.filter((at, index) => index > 0 && at - (openings[index - 1] ?? 0) <= days * DAY_MS).length;

/** Of several openings of a case the earliest counts. Soonest first: sources are not always in order. */
function openingsOf({ merged }: CustomerFact, opened: readonly Opened[]): readonly number[] {
  const first = new Map<string, Opened>();
  for (const one of opened) if (one.at < (first.get(one.case)?.at ?? Infinity)) first.set(one.case, one);
  for (const { case: id } of merged) first.delete(id);
  return [...first.values()].map(({ at }) => at).sort((a, b) => a - b);
}

const isoIfAny = (ms: number | undefined): string | null => (ms === undefined ? null : isoOf(ms));

const fields = {
  customer: 'string',
  programme: 'string',
  cases: 'integer',
  firstOpenedAt: 'instant',
  lastOpenedAt: 'instant',
  repeatsWithin30Days: 'integer',
  repeatsWithin90Days: 'integer',
} as const;
/** Of a joined customer alone. `openings`: for whoever counts them with the others'. */
const joinedFields = { joined: 'boolean', joinedWith: 'strings', openings: 'strings' } as const;

export type JoinedDocument = DocumentOf<typeof fields & typeof joinedFields>;

const KEYED = ['CaseMerged', 'CustomersJoined', 'CustomersSeparated', 'CustomerForgotten'] as const;
type Keyed = Extract<RecordedEvent, { type: (typeof KEYED)[number] }>;
const isKeyed = (event: RecordedEvent): event is Keyed => KEYED.some((type) => type === event.type);

/**
 * One document for each customer and programme: how many cases they had, and how soon after one another. Customers who are
 * one person keep their own documents, because each folds from its own shard: the report of repeats counts them as one
 * (docs/decisions/0014).
 */
export const customers: ReadModel<CustomerFact> = {
  name: 'customers',
  version: 5,
  reads: [],
  fields: { ...fields, ...joinedFields },
  indexes: [],
  lookups: [['joined']],
  idBegins: 'customer',
  key: (event) => {
    if (event.type === 'CaseOpened') return caseOf(event) === undefined ? undefined : event.data.customer;
    if (event.type === 'EventCorrected') return event.data.withdrawn && event.data.customer;
    return isKeyed(event) ? event.data.customer : undefined;
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
    CustomersJoined: (fact, { data }) => {
      const before = fact ?? begin(data.customer);
      return { ...before, joinedWith: [...before.joinedWith, ...data.with] };
    },
    CustomersSeparated: (fact, { data }) =>
      fact && { ...fact, joinedWith: fact.joinedWith.filter((other) => !data.from.includes(other)) },
    CustomerForgotten: (fact, { occurredAt }) => fact && { ...fact, forgottenAt: occurredAt },
  },
  documents: (fact) =>
    Object.entries(fact.opened)
      .map(([programme, opened]) => [programme, openingsOf(fact, opened)] as const)
      .filter(([, openings]) => openings.length > 0)
      .map(([programme, openings]): Shown => {
        const { customer, joinedWith, forgottenAt } = fact;
        const document = {
          customer,
          programme,
          cases: openings.length,
          firstOpenedAt: isoIfAny(openings[0]),
          lastOpenedAt: isoIfAny(openings.at(-1)),
          repeatsWithin30Days: repeats(openings, 30),
          repeatsWithin90Days: repeats(openings, 90),
          forgottenAt,
          ...(joinedWith.length > 0 && { joined: true, joinedWith, openings: openings.map(isoOf) }),
        };
        return [`${customer}:${programme}`, document];
      }),
};

import type { CaseFacts } from '../recovery/case/case-facts.js';
import type { Attempt } from '../recovery/case/case-state.js';
import { progressDueAfter, progressDueOf } from '../recovery/contact/progress-due.js';
import { contactDueAfter, contactDueOf } from '../recovery/contact/contact-due.js';
import type { CaseClocks } from '../recovery/clocks/case-clocks.js';
import { clocksForeseen } from '../recovery/clocks/clocks-foreseen.js';
import type { Clock } from '../recovery/clocks/clock.js';
import type { FallbackReason } from '../recovery/vocabulary/words.js';
import { breachesOf } from './case-record.js';
import { ofEachCase, type CaseHappening } from './case-stream.js';
import type { Inputs, ReadModel } from './inputs.js';
import { rankOf } from './priority-rank.js';

interface QueueFact {
  readonly programme: string;
  readonly reference: string | null;
  /** The last event of the case: when somebody last did something for it. */
  readonly touchedAt: string;
  readonly contactDueAt: string | null;
  readonly progressDueAt: string | null;
  readonly breachCount: number;
  /** Why it is a fallback owner's, because the rules found nobody. */
  readonly fallback: FallbackReason | null;
  readonly clocks: CaseClocks;
}

const begin = (event: CaseHappening, clocks: CaseClocks): QueueFact => ({
  programme: event.programme,
  reference: (event.type === 'CaseOpened' ? event.data.reference : undefined) ?? null,
  touchedAt: event.occurredAt,
  contactDueAt: null,
  progressDueAt: null,
  breachCount: 0,
  fallback: null,
  clocks,
});

const evolve = (before: QueueFact | undefined, event: CaseHappening, inputs: Inputs): QueueFact | undefined => {
  const { rules } = inputs;
  const clocks = inputs.clocks.after(before?.clocks, event);
  if (!clocks) return undefined;
  const contactDueAt = contactDueAfter(before?.contactDueAt ?? null, event, clocks.case, rules);
  const progressDueAt = progressDueAfter(before?.progressDueAt ?? null, event, rules);
  if (!before) return { ...begin(event, clocks), contactDueAt, progressDueAt };
  const breachCount = before.breachCount + breachesOf(event).length;
  const fallback = fallbackAfter(before.fallback, event);
  return { ...before, clocks, touchedAt: event.occurredAt, breachCount, contactDueAt, progressDueAt, fallback };
};

/** Whoever gets a case next takes it from the fallback owner. */
const fallbackAfter = (before: QueueFact['fallback'], event: CaseHappening): QueueFact['fallback'] => {
  const isHandedOver = event.type === 'CaseAssigned' || event.type === 'CaseHandedOff';
  return isHandedOver ? (event.data.because ?? null) : before;
};

const inCycle = <Of extends { readonly cycle: number }>(all: readonly Of[], { cycle }: CaseFacts): readonly Of[] =>
  all.filter((one) => one.cycle === cycle);

/** A customer who writes after the case was closed waits for an answer too. */
const isWork = ({ status, unanswered }: CaseFacts): boolean =>
  status !== 'merged' && (status !== 'approved' || unanswered > 0);

/** The promise that falls due first, and when. */
const nextDue = (clocks: readonly Clock[]): { at: string; target: string } | undefined => {
  let next: { at: string; target: string } | undefined;
  for (const { state, dueAt, target } of clocks)
    if ((state === 'running' || state === 'paused') && dueAt !== undefined && (!next || dueAt < next.at))
      next = { at: dueAt, target };
  return next;
};

/** The instant after which a promise is broken that is not kept yet. */
const overdueFrom = (clocks: readonly Clock[]): string | undefined => {
  let first: string | undefined;
  for (const { state, breachedFrom } of clocks)
    if ((state === 'running' || state === 'paused') && breachedFrom !== undefined && (!first || breachedFrom < first))
      first = breachedFrom;
  return first;
};

/** By what people sort their work. */
const ORDERS = [
  ['priorityRank', 'nextDueAt'],
  ...['nextDueAt', 'overdueFrom', 'openedAt', 'touchedAt', 'contactDueAt'].map((field) => [field]),
];

/**
 * The work there is: every case that is open, paused, or waits for its review, and those whose customer waits for an
 * answer. Other closed ones are in `cases`.
 */
export const queues: ReadModel<QueueFact, 'whole'> = {
  name: 'queues',
  version: 15,
  reads: 'whole',
  fields: {
    case: 'string',
    reference: 'string',
    programme: 'string',
    customer: 'string',
    status: 'string',
    kind: 'string',
    priority: 'string',
    priorityRank: 'integer',
    team: 'string',
    owner: 'string',
    touchpoint: 'string',
    product: 'string',
    tags: 'strings',
    openedAt: 'instant',
    touchedAt: 'instant',
    cycle: 'integer',
    nextDueAt: 'instant',
    overdueFrom: 'instant',
    nextTarget: 'string',
    attempts: 'integer',
    contacted: 'boolean',
    contactDueAt: 'instant',
    progressDueAt: 'instant',
    waitingOn: 'string',
    pausedUntil: 'instant',
    unanswered: 'integer',
    escalatedTo: 'string',
    toAuthorise: 'boolean',
    breachCount: 'integer',
    fallback: 'string',
  },
  indexes: [
    ...ORDERS,
    ...['owner', 'team', 'status'].flatMap((field) => ORDERS.map((order) => [field, ...order])),
    // Few cases have these: without an index all others would be read past.
    ['waitingOn', 'nextDueAt'],
    ['toAuthorise', 'nextDueAt'],
    ['pausedUntil'],
    ['progressDueAt'],
  ],
  lookups: [['fallback']],
  ...ofEachCase(evolve),
  documents: (fact, key, { rules }) => {
    const { facts, customer, openedAt, attempts, escalations, offers, pausedUntil } = fact.clocks.case;
    if (!isWork(facts)) return [];
    const clocks = clocksForeseen(fact.clocks, rules, fact.programme);
    const next = nextDue(clocks);
    const progressDueAt = progressDueOf(fact.clocks.case, fact.progressDueAt);
    const document = {
      case: key,
      reference: fact.reference,
      programme: fact.programme,
      customer,
      status: facts.status,
      kind: facts.kind,
      priority: facts.priority,
      priorityRank: rankOf(facts.priority),
      team: facts.team,
      owner: facts.owner,
      touchpoint: facts.touchpoint,
      product: facts.product,
      tags: facts.tags,
      openedAt,
      touchedAt: fact.touchedAt,
      cycle: facts.cycle,
      nextDueAt: next?.at ?? null,
      overdueFrom: overdueFrom(clocks) ?? null,
      nextTarget: next?.target ?? null,
      attempts: inCycle<Attempt>(attempts, facts).length,
      contacted: facts.contacted,
      contactDueAt: contactDueOf(fact.clocks.case, fact.contactDueAt),
      // Only where the rules have a cadence.
      ...(progressDueAt !== null && { progressDueAt }),
      waitingOn: facts.waitingOn,
      pausedUntil: pausedUntil ?? null,
      unanswered: facts.unanswered,
      escalatedTo: inCycle(escalations, facts).at(-1)?.to ?? null,
      toAuthorise: offers.some(({ standing }) => standing === 'pending'),
      breachCount: fact.breachCount,
      // Of few cases.
      ...(fact.fallback !== null && { fallback: fact.fallback }),
    };
    return [[key, document]];
  },
};

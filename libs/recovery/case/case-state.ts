import type { Recorded } from '../../event-sourcing/event.js';
import type { GrowingSet } from '../fast/growing-set.js';
import type { Money } from '../vocabulary/fields.js';
import type { Channel, ContactOutcome, GiveUpReason, OfferAnswer } from '../vocabulary/words.js';
import type { CaseFacts } from './case-facts.js';

export interface Attempt {
  readonly cycle: number;
  readonly at: string;
  readonly channel: Channel;
  readonly outcome: ContactOutcome;
}

export interface Offer {
  readonly id: string;
  readonly cycle: number;
  readonly kind: string;
  readonly value?: Money;
  readonly offeredBy: string;
  /** `pending`: beyond the authority of who offered it, and nobody authorised it yet. */
  readonly standing: 'pending' | 'stands';
  readonly answer?: OfferAnswer;
}

/** What is known of a case beside its facts. What a cycle brings is told apart by the cycle's number. */
export interface CaseDetails {
  readonly case: string;
  readonly customer: string;
  readonly openedAt: string;
  /** Everybody who owned it or did some of its work: none of them may review it. */
  readonly workers: readonly string[];
  /** The owner who was alerted in this cycle. */
  readonly alertedOwner?: string;
  readonly attempts: readonly Attempt[];
  readonly offers: readonly Offer[];
  readonly escalations: readonly { readonly cycle: number; readonly to: string; readonly target?: string }[];
  /** The last one identified, in whatever cycle. */
  readonly cause?: { readonly cycle: number; readonly path: readonly string[]; readonly action?: string };
  readonly customerOutcome?: 'lost' | 'kept';
  /** How often the customer began to wait for an answer: the number of the reply that is due, or was last. */
  readonly repliesDue: number;
  readonly reSurveys: readonly { readonly id: string; readonly cycle: number; readonly answered: boolean }[];
  /** What other systems keep for it: one of each. */
  readonly tickets: readonly { readonly system: string; readonly ticket: string }[];
  /** The last pause was to end then. */
  readonly pausedUntil?: string;
  /** The event of the last pause. */
  readonly pausedBy?: string;
  readonly givenUpBecause?: GiveUpReason;
  readonly approvedAt?: string;
  /** The case that this one is a duplicate of. */
  readonly mergedInto?: string;
}

/** A case that was opened. Deciders, clocks and read models fold it alike: `evolveCase`. */
export interface OpenedCase extends CaseDetails {
  /** What the conditions of rules may speak of. The same object while none of it changes. */
  readonly facts: CaseFacts;
}

/** The case with these facts and details. */
export function changed(state: OpenedCase, facts: Partial<CaseFacts>, details?: Partial<CaseDetails>): OpenedCase {
  const now = withFacts(state.facts, facts);
  if (details) return { ...state, ...details, facts: now };
  return now === state.facts ? state : { ...state, facts: now };
}

/** The same, after some of its work by this person. */
export function worked(
  state: OpenedCase,
  worker: string,
  facts: Partial<CaseFacts> = {},
  details?: Partial<CaseDetails>,
): OpenedCase {
  if (state.workers.includes(worker)) return changed(state, facts, details);
  return changed(state, facts, { ...details, workers: [...state.workers, worker] });
}

function withFacts(facts: CaseFacts, change: Partial<CaseFacts>): CaseFacts {
  let field: keyof CaseFacts;
  for (field in change) if (facts[field] !== change[field]) return { ...facts, ...change };
  return facts;
}

/** The owner's commands are open to it. */
export const inWork = ({ status }: CaseFacts): boolean => status === 'open' || status === 'paused';

/** The events of a case, last recorded first. A list of pairs, so that adding one copies none. */
export interface Trail {
  readonly event: Recorded;
  /** The last to have happened, of this one and those before. */
  readonly latest: Recorded;
  readonly before?: Trail;
}

/** A case as its decider sees it: as it stands, and how it came to stand so. */
export interface CaseState {
  readonly now?: OpenedCase;
  readonly trail?: Trail;
  /** The commands that its events came of. */
  readonly commands?: GrowingSet;
}

/** The trail, first recorded first. */
export const eventsOf = (trail: Trail | undefined): readonly Recorded[] => {
  const events: Recorded[] = [];
  for (let at = trail; at; at = at.before) events.push(at.event);
  return events.reverse();
};

import type { PersonalText } from '../event-sourcing/sealed.js';
import type { CaseFacts } from '../recovery/case/case-facts.js';
import type { OfferAnswer, Verdict } from '../recovery/vocabulary/words.js';
import type { Answer, Money } from '../recovery/vocabulary/fields.js';

/** Who did it, and when it happened. */
export interface Done {
  readonly by: string;
  readonly at: string;
}

export interface AttemptMade extends Done {
  readonly event: string;
  readonly cycle: number;
  readonly channel: string;
  readonly outcome: string;
  readonly note: PersonalText | null;
  /** The rules of contact that it broke. */
  readonly breaches: readonly string[];
}

export interface OfferMade extends Done {
  readonly offer: string;
  readonly cycle: number;
  readonly kind: string;
  readonly value: Money | null;
  readonly description: PersonalText | null;
  readonly needsAuthority: boolean;
  readonly authorisedBy: string | null;
  readonly answer: OfferAnswer | null;
  readonly answeredAt: string | null;
}

export interface ReSurveyMade {
  readonly survey: string;
  readonly cycle: number;
  readonly channel: string;
  readonly sentAt: string;
  readonly answeredAt: string | null;
  readonly answers: readonly Answer[];
  readonly comment: PersonalText | null;
}

export interface CauseFound extends Done {
  readonly cause: readonly string[];
  /** The same cause under the mapping of the rules in force when it was found. */
  readonly readAs: readonly string[];
  readonly action: string | null;
}

/** Steps of a case that happen any number of times and have nothing more to them. */
export interface Step extends Done {
  readonly step:
    'submitted' | 'given-up' | 'approved' | 'returned' | 'reopened' | 'paused' | 'resumed' | 'handed-off' | 'escalated';
  readonly cycle: number;
  readonly reason: string | null;
}

/** What of a case is recorded beside its facts: everything that was said of it and done for it. */
export type CaseRecord = {
  readonly case: string;
  readonly reference: string | null;
  readonly programme: string;
  readonly customer: string;
  readonly response: string | null;
  readonly failure: string | null;
  readonly order: string | null;
  readonly agent: string | null;
  readonly openedAt: string;
  /** Content hash of the rule set that opened it; null where a source's record did. */
  readonly openedUnder: string | null;
  readonly alertedAt: string | null;
  readonly acknowledgedAt: string | null;
  readonly informedAt: string | null;
  readonly attempts: readonly AttemptMade[];
  /** How often contact rules were broken. */
  readonly contactBreaches: number;
  readonly offers: readonly OfferMade[];
  readonly cause: CauseFound | null;
  readonly steps: readonly Step[];
  readonly summary: PersonalText | null;
  readonly notes: readonly (Done & { readonly note: PersonalText })[];
  readonly messages: readonly (Done & {
    readonly kind: 'progress' | 'closing';
    readonly channel: string;
    readonly message: PersonalText | null;
  })[];
  readonly sales: readonly (Done & { readonly value: Money | null; readonly description: PersonalText | null })[];
  readonly reSurveys: readonly ReSurveyMade[];
  readonly callbacks: readonly (Done & {
    readonly outcome: string;
    readonly satisfied: boolean | null;
    readonly note: PersonalText | null;
  })[];
  /** Sources' verdicts by target. */
  readonly reported: Readonly<Record<string, Verdict>>;
};

/** The whole case. */
export type CaseDocument = CaseRecord &
  CaseFacts & {
    /** The latest occurredAt of its events, in whatever order they were recorded. */
    readonly lastEventAt: string;
    /** Of the case's stream: what an ETag says. */
    readonly revision: number;
    readonly pausedUntil: string | null;
    readonly mergedInto: string | null;
    readonly outcome: 'kept' | 'lost' | null;
    /** Everybody who owned it or did some of its work: none of them may review it. */
    readonly workedBy: readonly string[];
  };

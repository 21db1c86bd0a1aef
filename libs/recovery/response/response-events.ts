import type { PersonalText } from '../../event-sourcing/sealed.js';

// Stored for good: a new meaning is a new event, a new shape is an upcast.

export type ResponseKind = 'survey' | 'complaint' | 'ticket' | 'social' | 'review' | 'forum' | 'operational-failure';

export type ContactMe = 'yes' | 'no' | 'not-answered';

/** NPS 0-10, CSAT 1-5, CES 1-7, stars 1-5. */
export type Metric = 'nps' | 'csat' | 'ces' | 'stars';

export interface Answer {
  readonly metric: Metric;
  readonly score: number;
}

export type ScoreLevel = 'low' | 'high' | 'none';

export type ResponseEvent =
  | {
      type: 'ResponseReceived';
      data: {
        response: string;
        source: string;
        externalId: string;
        kind: ResponseKind;
        /** Ours; other systems' ids of the customer are in the vault. */
        customer: string;
        touchpoint?: string;
        answers: readonly Answer[];
        contactMe: ContactMe;
        comment?: PersonalText;
        /** Derived at the edge, for rules: the comment itself is sealed. Characters. */
        commentLength: number;
        tags: readonly string[];
        product?: string;
        order?: string;
        agent?: string;
        language?: string;
        /** The operational failure that touched the customer. */
        failure?: string;
      };
    }
  | {
      type: 'ResponseTriaged';
      data: {
        response: string;
        score: ScoreLevel;
        contactMe: ContactMe;
        /** The cell or the rule of the rule set that decided. */
        rule: string;
        outcome: 'opened' | 'respected' | 'held-back' | 'nothing';
        case?: string;
        /** Content hash of the rule set that decided. */
        ruleSet: string;
      };
    };

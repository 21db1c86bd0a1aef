// Stored for good: a new meaning is a new event, a new shape is an upcast.

/** On `rules-{programme}`. A rule set is named by the SHA-256 of its canonical JSON (RFC 8785), in hex. */
export type RulesEvent =
  | { type: 'RuleSetDrafted'; data: { programme: string; ruleSet: string; content: object; note?: string } }
  | {
      type: 'RuleSetRehearsed';
      data: { programme: string; ruleSet: string; digestBefore: string; digestAfter: string; changedCount: number };
    }
  | {
      type: 'RuleSetApproved';
      /** `alone`: the author approved as the store's only operator. The digests are of the approved rehearsal. */
      data: {
        programme: string;
        ruleSet: string;
        reason: string;
        alone?: true;
        digestBefore?: string;
        digestAfter?: string;
      };
    }
  | {
      type: 'RuleSetActivated';
      data: {
        programme: string;
        ruleSet: string;
        /** In force from this instant on; null with `overThePast`: since ever. */
        from: string | null;
        overThePast: boolean;
        /** The author, the approver and the reason. */
        author?: string;
        approver?: string;
        reason?: string;
        digestBefore?: string;
        digestAfter?: string;
        /** Planned rules that will never take force now; absent: none. */
        replaces?: readonly PlannedRules[];
      };
    }
  | {
      type: 'RuleSetRolledBack';
      /** `book`, the previous one, is in force again. */
      data: {
        programme: string;
        book: readonly { ruleSet: string; from: string | null; foreseen?: true }[];
        reason: string;
        digestBefore?: string;
        digestAfter?: string;
      };
    }
  | { type: 'RuleSetReviewed'; data: { programme: string; ruleSet: string; reviewBy: string; note?: string } };

/** Rules that were activated for a later time. */
export interface PlannedRules {
  readonly ruleSet: string;
  readonly from: string;
}

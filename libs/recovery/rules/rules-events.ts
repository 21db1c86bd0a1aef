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
      /** `alone`: the author approved, being the store's only operator. The digests are of the rehearsal that was read. */
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
        /** Who drafted it, who approved it and why. */
        author?: string;
        approver?: string;
        reason?: string;
        digestBefore?: string;
        digestAfter?: string;
        /** What was planned and now never takes force; absent: nothing. */
        replaces?: readonly PlannedRules[];
      };
    }
  | {
      type: 'RuleSetRolledBack';
      /** The whole book as it was before; `book` is in force again. */
      data: {
        programme: string;
        book: readonly { ruleSet: string; from: string | null; foreseen?: true }[];
        reason: string;
        digestBefore?: string;
        digestAfter?: string;
      };
    }
  | { type: 'RuleSetReviewed'; data: { programme: string; ruleSet: string; reviewBy: string; note?: string } };

/** Rules that were put in force for a later time. */
export interface PlannedRules {
  readonly ruleSet: string;
  readonly from: string;
}

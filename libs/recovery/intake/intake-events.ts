// Stored for good: a new meaning is a new event, a new shape is an upcast.

/** On `intake-{team}-{day}`: whom a team's new cases of one day went to, and which ones the throttle held back. */
export type IntakeEvent =
  | {
      type: 'IntakeAllocated';
      data: {
        response: string;
        case: string;
        team: string;
        owner: string;
        by: 'rule' | 'team-fallback' | 'programme-fallback';
        rule: string;
        ruleSet: string;
      };
    }
  | { type: 'IntakeHeldBack'; data: { response: string; team: string; limit: number; rule: string; ruleSet: string } };

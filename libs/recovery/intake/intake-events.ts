import type { ScoreLevel } from '../response/response-events.js';

// Stored for good: a new meaning is a new event, a new shape is an upcast.

/** On `intake-{team}-{day}`: the owners of a team's new cases of one day, and the responses that the throttle held back. */
export type IntakeEvent =
  | {
      type: 'IntakeAllocated';
      data: {
        response: string;
        case: string;
        team: string;
        owner: string;
        by: 'rule' | 'team-fallback' | 'programme-fallback';
        /** The decision of triage, because other rules may be in force when the case is opened. */
        kind: string;
        priority: string;
        score: ScoreLevel;
        rule: string;
        ruleSet: string;
      };
    }
  | {
      type: 'IntakeHeldBack';
      data: { response: string; team: string; limit: number; score: ScoreLevel; rule: string; ruleSet: string };
    };

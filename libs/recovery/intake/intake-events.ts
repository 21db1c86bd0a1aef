import type { ScoreLevel } from '../response/response-events.js';

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
        /** What triage decided: the rules may have been replaced by the time the case is opened. */
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

// Stored for good: a new meaning is a new event, a new shape is an upcast.

interface TargetNotice {
  readonly case: string;
  readonly target: string;
  readonly cycle: number;
  readonly dueAt: string;
  readonly ruleSet: string;
  /** Version of the time-zone data that the due time was computed with. */
  readonly timeZoneData: string;
}

/** On `clock-{case}`, so that the case's revision stays. They record what was known then; verdicts are computed. */
export type ClockEvent =
  | { type: 'TargetWarned'; data: TargetNotice & { remainingMs: number } }
  | { type: 'TargetBreached'; data: TargetNotice };

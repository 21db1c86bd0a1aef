/** One target on one case in one cycle. Instants are UTC ISO 8601; durations integer milliseconds. */
export interface Clock {
  readonly target: string;
  readonly cycle: number;
  readonly state: 'running' | 'paused' | 'completed' | 'cancelled';
  /** Content hash of the rule set the goal is from. */
  readonly ruleSet: string;
  readonly goalMs: number;
  readonly startedAt: string;
  readonly startedBy: string;
  readonly stoppedAt?: string;
  readonly stoppedBy?: string;
  /** An open pause has no `to`. Events that opened and ended it beside the instants. */
  readonly pauses: readonly {
    readonly from: string;
    readonly fromEvent: string;
    readonly to?: string;
    readonly toEvent?: string;
  }[];
  /** As first promised; then as it stands now. Absent while paused: nobody knows how long the pause will be. */
  readonly originalDueAt: string;
  readonly dueAt?: string;
  readonly warnAt?: string;
  /** The first working instant at or after due that no pause holds: a clock still going after it is breached. */
  readonly breachedFrom?: string;
  /** Settled when it stopped: working time without pauses, and wall-clock time. */
  readonly workingMs?: number;
  readonly wallMs?: number;
  /** Of a completed clock. */
  readonly met?: boolean;
}

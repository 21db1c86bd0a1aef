/** One target on one case in one cycle, or for one reply in it. Instants are UTC ISO 8601; durations integer milliseconds. */
export interface Clock {
  readonly target: string;
  readonly cycle: number;
  /** Of a target for each message of the customer: which reply of the case was due, from 1. */
  readonly reply?: number;
  readonly state: 'running' | 'paused' | 'completed' | 'cancelled';
  /** Content hash of the rule set with the goal. */
  readonly ruleSet: string;
  readonly goalMs: number;
  /** The goal as the rule set writes it, such as 1wd. */
  readonly within: string;
  readonly startedAt: string;
  readonly startedBy: string;
  readonly stoppedAt?: string;
  readonly stoppedBy?: string;
  /** An open pause has no `to`. One that ends by itself has `until`. Each instant has the id of its event. */
  readonly pauses: readonly Pause[];
  /** The last time that it went on after it had stopped in the same cycle. */
  readonly returnedAt?: string;
  readonly returnedBy?: string;
  /** An earlier promise that was broken before the goal changed. It stays broken. */
  readonly missed?: Missed;
  /** The first promise, then the current one, which is absent during a pause: its length is unknown. */
  readonly originalDueAt: string;
  readonly dueAt?: string;
  readonly warnAt?: string;
  /** The first working instant at or after the due time that is in no pause. A clock that goes on after it is breached. */
  readonly breachedFrom?: string;
  /** Of a stopped clock: working time without pauses, and wall-clock time. */
  readonly workingMs?: number;
  readonly wallMs?: number;
  /** Of a completed clock, and `false` of one that was cancelled after it was due. */
  readonly met?: boolean;
}

export interface Pause {
  readonly from: string;
  readonly fromEvent: string;
  readonly to?: string;
  readonly toEvent?: string;
  readonly until?: string;
}

export interface Missed {
  readonly dueAt: string;
  readonly breachedFrom: string;
  readonly goalMs: number;
  readonly within: string;
}

/** What a clock promises. */
export type Goal = Pick<Clock, 'goalMs' | 'within'>;

/** Which of a case's clocks it is. */
export const placeOf = (
  { target, cycle, reply }: { target: string; cycle: number; reply?: number | null | undefined },
  between = ':',
): string => (reply == null ? [target, cycle] : [target, cycle, reply]).join(between);

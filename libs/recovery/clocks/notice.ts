import type { ClockEvent } from './clock-events.js';

/** The notices of a case's clocks so far. A due time that moved is another promise, and may have another notice. */
export type ClockNotices = readonly Notice[];

export interface Notice extends Pick<ClockEvent['data'], 'target' | 'cycle' | 'reply' | 'dueAt' | 'ruleSet'> {
  readonly type: ClockEvent['type'];
  /** Of a breach. */
  readonly breachedFrom?: string | undefined;
  /** Of an escalation. */
  readonly level?: number;
}

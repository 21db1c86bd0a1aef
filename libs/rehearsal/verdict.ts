import type { ClockDocument } from '../read-models/clocks.js';

/** What can be said of one promise on one case. `none`: nothing was promised. */
export type Verdict = 'met' | 'missed' | 'running' | 'overdue' | 'paused' | 'cancelled' | 'none';

/**
 * At a moment: a clock still going past the first working instant after due is overdue, on hold or not. Until then it
 * can be met.
 */
export function verdictOf(clock: ClockDocument | undefined, at: string): Verdict {
  if (!clock) return 'none';
  switch (clock.state) {
    case 'unattached':
      return 'none';
    case 'completed':
      return clock.met ? 'met' : 'missed';
    case 'running':
    case 'paused':
      return clock.breachedFrom !== null && clock.breachedFrom < at ? 'overdue' : clock.state;
    default:
      return clock.state;
  }
}

import type { ClockDocument } from '../read-models/clocks.js';

/** The verdict on one promise of a case. `none`: nothing was promised. */
export type Verdict = 'met' | 'missed' | 'running' | 'overdue' | 'paused' | 'cancelled' | 'none';

/** A clock that goes on past the first working instant after its due time is overdue, on hold or not. */
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

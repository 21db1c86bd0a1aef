import type { ClockDocument } from '../read-models/clocks.js';

/** What can be said of one promise on one case. `none`: nothing was promised. */
export type Verdict = 'met' | 'missed' | 'running' | 'overdue' | 'paused' | 'cancelled' | 'none';

/** At a moment: a running clock past the first working instant after due is overdue. Until then it can be met. */
export function verdictOf(clock: ClockDocument | undefined, at: string): Verdict {
  if (!clock) return 'none';
  switch (clock.state) {
    case 'unattached':
      return 'none';
    case 'completed':
      return clock.met ? 'met' : 'missed';
    case 'running':
      return clock.breachedFrom !== null && clock.breachedFrom < at ? 'overdue' : 'running';
    default:
      return clock.state;
  }
}

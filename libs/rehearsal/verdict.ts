import type { ClockDocument } from '../read-models/clocks.js';
import { verdictOf, type ClockVerdict } from '../recovery/clocks/clock-times.js';

/** The verdict on one promise of a case. `none`: nothing was promised. */
export type Verdict = ClockVerdict | 'none';

export const verdictShown = (clock: ClockDocument | undefined, at: string): Verdict =>
  !clock || clock.state === 'unattached' ? 'none' : verdictOf({ ...clock, state: clock.state }, at);

import type { Static } from 'typebox';
import { message } from '../../../libs/platform/validation/schema.js';
import { Anything, Instant, Optional, Text, Whole } from '../../../libs/recovery/vocabulary/fields.js';

export const Rehearse = message(
  {
    /** A rule set of this store by its hash, the beginning of the hash, or a programme for its latest rules. */
    rules: Optional(Text(200)),
    /** Or a rule set that is not drafted yet. */
    ruleSet: Optional(Anything),
    /** Compares with this rule set of the store; default: the rules in force. */
    against: Optional(Text(200)),
    /** Limits the rehearsal to cases opened from `from` on and before `to`. */
    from: Optional(Instant),
    to: Optional(Instant),
    /** The instant from which the rules apply; default: all of the past. */
    since: Optional(Instant),
    /** The instant at which running clocks are read; default: now. */
    at: Optional(Instant),
    /** Limits the list of cases whose verdict changed; the count has them all. */
    most: Optional(Whole(0, 100_000)),
  },
  { rules: '58fe4227ead3', from: '2031-01-01T00:00:00Z' },
);
export type Rehearse = Static<typeof Rehearse>;

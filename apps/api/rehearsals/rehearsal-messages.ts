import type { Static } from 'typebox';
import { message } from '../../../libs/platform/validation/schema.js';
import { Anything, Instant, Optional, Text, Whole } from '../../../libs/recovery/vocabulary/fields.js';

export const Rehearse = message(
  {
    /** A rule set of this store: its hash, the beginning of one, or a programme, whose latest rules are meant. */
    rules: Optional(Text(200)),
    /** Or one that was not drafted yet. */
    ruleSet: Optional(Anything),
    /** Compared with this rule set of the store, and not with those in force. */
    against: Optional(Text(200)),
    /** Of cases opened from here on, and before there. */
    from: Optional(Instant),
    to: Optional(Instant),
    /** As if the rules took force then; left out: over all of the past. */
    since: Optional(Instant),
    /** The moment at which running clocks are read; left out: now. */
    at: Optional(Instant),
    /** The most cases whose verdict changed that are listed; all are counted. */
    most: Optional(Whole(0, 100_000)),
  },
  { rules: '58fe4227ead3', from: '2031-01-01T00:00:00Z' },
);
export type Rehearse = Static<typeof Rehearse>;

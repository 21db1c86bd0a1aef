import { Example } from '../../../libs/platform/validation/example.js';
import { Anything, Instant, Optional, Text, Whole } from '../../../libs/platform/validation/fields.js';

@Example({ rules: '58fe4227ead3', from: '2031-01-01T00:00:00Z' })
export class Rehearse {
  /** A rule set of this store: its hash, the beginning of one, or a programme, whose latest rules are meant. */
  @Optional() @Text(200) rules?: string;
  /** Or one that was not drafted yet. */
  @Optional() @Anything() ruleSet?: object;
  /** Compared with this rule set of the store, and not with those in force. */
  @Optional() @Text(200) against?: string;
  /** Of cases opened from here on, and before there. */
  @Optional() @Instant() from?: string;
  @Optional() @Instant() to?: string;
  /** As if the rules took force then; left out: over all of the past. */
  @Optional() @Instant() since?: string;
  /** The moment at which running clocks are read; left out: now. */
  @Optional() @Instant() at?: string;
  /** The most cases whose verdict changed that are listed; all are counted. */
  @Optional() @Whole(0, 100_000) most?: number;
}

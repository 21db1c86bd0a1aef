import { Example } from '../../../libs/platform/validation/example.js';
import { Anything, Day, Flag, Instant, Optional, Text } from '../../../libs/platform/validation/fields.js';

/** A rule set, as an object, or as the text of a file (YAML or JSON), whose mistakes are then told by line. */
@Example({ text: 'programme: service-recovery' })
export class CheckRules {
  @Optional() @Anything() content?: object;
  @Optional() @Text(250_000) text?: string;
}

@Example({ content: { programme: 'service-recovery', title: 'Answer within a day' }, note: 'A trial for spring' })
export class DraftRules extends CheckRules {
  @Optional() @Text(2_000) note?: string;
}

@Example({ reason: 'Rehearsed over last year: 12 verdicts change, all as wanted' })
export class GiveReason {
  @Text(2_000) reason!: string;
}

@Example({ overThePast: true })
export class ActivateRules {
  /** In force from then on; left out: from now. */
  @Optional() @Instant() from?: string;
  /** All of history is read under them, as it was rehearsed and approved. */
  @Optional() @Flag() overThePast?: boolean;
}

@Example({ reviewBy: '2031-12-31', note: 'Goals still fit' })
export class ReviewRules {
  @Day() reviewBy!: string;
  @Optional() @Text(2_000) note?: string;
}

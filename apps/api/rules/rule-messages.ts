import type { Static } from 'typebox';
import { message } from '../../../libs/platform/validation/schema.js';
import { Anything, Flag, Instant, Optional, Text } from '../../../libs/recovery/vocabulary/fields.js';

/** A rule set as an object, or as the text of a file (YAML or JSON), whose mistakes Amends reports by line. */
export const CheckRules = message(
  {
    content: Optional(Anything),
    text: Optional(Text(250_000)),
  },
  { text: 'programme: service-recovery' },
);
export type CheckRules = Static<typeof CheckRules>;

export const DraftRules = message(
  {
    ...CheckRules.properties,
    note: Optional(Text(2_000)),
  },
  { content: { programme: 'service-recovery', title: 'Answer within a day' }, note: 'A trial for spring' },
);
export type DraftRules = Static<typeof DraftRules>;

export const RollBack = message(
  {
    reason: Text(2_000),
  },
  { reason: 'Rehearsed over last year: 12 verdicts change, all as wanted' },
);
export type RollBack = Static<typeof RollBack>;

export const ActivateRules = message(
  {
    /** In force from this instant on; default: now. */
    from: Optional(Instant),
    /** Applies the rules to all of history, as rehearsed and approved. */
    overThePast: Optional(Flag),
  },
  { overThePast: true },
);
export type ActivateRules = Static<typeof ActivateRules>;

import { event, type EventOf } from '../../event-sourcing/declared-event.js';
import { Instant, Optional, Text, Whole } from '../vocabulary/fields.js';
import type { Publication } from '../vocabulary/topics.js';

const topic = 'amends.clocks' satisfies Publication;

const notice = {
  case: Text(),
  target: Text(),
  cycle: Whole(),
  /** Of a target for each message of the customer: which reply of the case was due. */
  reply: Optional(Whole()),
  dueAt: Instant,
  ruleSet: Text(),
  /** Version of the time-zone data that the due time was computed with. */
  timeZoneData: Text(),
};

// On `clock-{case}`, so that the case's own revision does not move. What was known then; verdicts are computed.
export const TargetWarned = event('TargetWarned', { topic, fields: { ...notice, remainingMs: Whole() } });
export const TargetBreached = event('TargetBreached', { topic, fields: notice });

export const CLOCK_EVENTS = [TargetWarned, TargetBreached] as const;
export type ClockEvent = EventOf<(typeof CLOCK_EVENTS)[number]>;

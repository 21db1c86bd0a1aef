import { event, type EventOf } from '../../event-sourcing/declared-event.js';
import { Instant, OneOf, Optional, Text, Whole } from '../vocabulary/fields.js';
import { PASSED_OVER, TOLD_BY } from '../vocabulary/words.js';
import type { Publication } from '../vocabulary/topics.js';

const topic = 'amends.clocks' satisfies Publication;

/** Which clock, and the promise that it keeps or breaks. */
export const ofClock = {
  case: Text(),
  target: Text(),
  cycle: Whole(),
  /** Of a target for each message of the customer: which reply of the case was due. */
  reply: Optional(Whole()),
  dueAt: Instant,
};

const notice = {
  ...ofClock,
  ruleSet: Text(),
  /** Version of the time-zone data that the due time was computed with. */
  timeZoneData: Text(),
  /** Later than it fell due by as long as nobody looked. */
  noticedAt: Optional(Instant),
};

// On `clock-{case}`, so that the case's own revision does not move. What was known then; verdicts are computed.
export const TargetWarned = event('TargetWarned', {
  topic,
  fields: { ...notice, remainingMs: Whole(), warnAt: Optional(Instant) },
});
export const TargetBreached = event('TargetBreached', {
  topic,
  /** `breachedFrom`: the first working instant at or after the due time. */
  fields: { ...notice, breachedFrom: Optional(Instant) },
});

const level = {
  ...ofClock,
  /** Of the rules' levels for the target, from 1. */
  level: Whole(1),
  /** A role or a person. */
  to: Text(),
  ruleSet: Text(),
  timeZoneData: Text(),
  /** When the level fell due. */
  escalateAt: Instant,
  noticedAt: Instant,
};
/** Somebody is to be told. Whoever sends messages follows it. */
export const EscalationRaised = event('EscalationRaised', {
  topic,
  fields: { ...level, by: Optional(OneOf(TOLD_BY)) },
});
/** When the level fell due, or when somebody looked, its reason was gone. */
export const EscalationPassedOver = event('EscalationPassedOver', {
  topic,
  fields: { ...level, because: OneOf(PASSED_OVER) },
});

const ofOwner = {
  case: Text(),
  cycle: Whole(),
  dueAt: Instant,
  /** The case's owner. */
  to: Optional(Text()),
  noticedAt: Instant,
};
/** The next try to reach the customer is due by the rules of contact. */
export const ContactRetryDue = event('ContactRetryDue', { topic, fields: ofOwner });
/** The customer is to hear of their case again, by the cadence of the rules. */
export const ProgressUpdateDue = event('ProgressUpdateDue', { topic, fields: ofOwner });

export const CLOCK_EVENTS = [
  TargetWarned,
  TargetBreached,
  EscalationRaised,
  EscalationPassedOver,
  ContactRetryDue,
  ProgressUpdateDue,
] as const;
export type ClockEvent = EventOf<(typeof CLOCK_EVENTS)[number]>;

import { event, type EventOf } from '../../event-sourcing/declared-event.js';
import { OneOf, Optional, Text, Whole } from '../vocabulary/fields.js';
import type { Publication } from '../vocabulary/topics.js';
import { CHOSEN_BY, FALLBACK_REASONS, RELEASED_BY, SCORE_LEVELS } from '../vocabulary/words.js';

const topic = 'kept-inside' satisfies Publication;

// On `intake-{team}-{day}`: whom a team's new cases of one day went to, and which ones the throttle held back.
export const IntakeAllocated = event('IntakeAllocated', {
  topic,
  fields: {
    response: Text(),
    case: Text(),
    team: Text(),
    owner: Text(),
    by: OneOf(CHOSEN_BY),
    /** Why a fallback owner got it although the rules choose owners. */
    because: Optional(OneOf(FALLBACK_REASONS)),
    /** What triage decided: the rules may have been replaced by the time the case is opened. */
    kind: Text(),
    priority: Text(),
    score: OneOf(SCORE_LEVELS),
    rule: Text(),
    ruleSet: Text(),
    /** It was held back before. */
    released: Optional(OneOf(RELEASED_BY)),
  },
});
export const IntakeHeldBack = event('IntakeHeldBack', {
  topic,
  fields: {
    response: Text(),
    team: Text(),
    limit: Whole(),
    score: OneOf(SCORE_LEVELS),
    rule: Text(),
    ruleSet: Text(),
  },
});

export const INTAKE_EVENTS = [IntakeAllocated, IntakeHeldBack] as const;
export type IntakeEvent = EventOf<(typeof INTAKE_EVENTS)[number]>;

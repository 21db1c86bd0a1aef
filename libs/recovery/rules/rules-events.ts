import type { Static } from 'typebox';
import { field } from '../../event-sourcing/schema.js';
import { event, type EventOf } from '../../event-sourcing/declared-event.js';
import { Anything, Day, Flag, Instant, noted, Optional, Part, Parts, Text, True, Whole } from '../vocabulary/fields.js';
import type { Publication } from '../vocabulary/topics.js';

const topic = 'amends.rules' satisfies Publication;

/** On `rules-{programme}`. A rule set is named by the SHA-256 of its canonical JSON (RFC 8785), in hex. */
const which = { programme: Text(), ruleSet: Text() };
const digests = { digestBefore: Optional(Text()), digestAfter: Optional(Text()) };
/** Null: since ever. */
const since = field<string | null>({ type: ['string', 'null'] });

export const RuleSetDrafted = event('RuleSetDrafted', {
  topic,
  fields: {
    ...which,
    content: noted(field<object>(Anything), { description: 'The rule set: docs/rule-set.schema.json' }),
    note: Optional(Text(2_000)),
  },
});

export const RuleSetRehearsed = event('RuleSetRehearsed', {
  topic,
  fields: { ...which, digestBefore: Text(), digestAfter: Text(), changedCount: Whole() },
});

export const RuleSetApproved = event('RuleSetApproved', {
  topic,
  fields: {
    ...which,
    reason: Text(2_000),
    /** The author approved, being the store's only operator. */
    alone: Optional(True),
    /** Of the rehearsal that was read. */
    ...digests,
  },
});

/** Rules that were put in force for a later time. */
const Planned = Part({ ruleSet: Text(), from: Instant });
export type PlannedRules = Readonly<Static<typeof Planned>>;

export const RuleSetActivated = event('RuleSetActivated', {
  topic,
  fields: {
    ...which,
    /** In force from this instant on. */
    from: since,
    overThePast: Flag,
    /** Who drafted it, who approved it and why. */
    author: Optional(Text()),
    approver: Optional(Text()),
    reason: Optional(Text(2_000)),
    ...digests,
    /** What was planned and now never takes force; absent: nothing. */
    replaces: Optional(Parts(Planned, 1_000)),
  },
});

export const RuleSetRolledBack = event('RuleSetRolledBack', {
  topic,
  fields: {
    programme: Text(),
    /** The whole book as it was before, which is in force again. */
    book: Parts(Part({ ruleSet: Text(), from: since, foreseen: Optional(True) }), 10_000),
    reason: Text(2_000),
    ...digests,
  },
});

export const RuleSetReviewed = event('RuleSetReviewed', {
  topic,
  fields: { ...which, reviewBy: Day, note: Optional(Text(2_000)) },
});

/** The day by which somebody must review the rules in force is over. */
export const RuleSetReviewOverdue = event('RuleSetReviewOverdue', {
  topic,
  fields: { ...which, reviewBy: Day, noticedAt: Instant },
});

export const RULES_EVENTS = [
  RuleSetDrafted,
  RuleSetRehearsed,
  RuleSetApproved,
  RuleSetActivated,
  RuleSetRolledBack,
  RuleSetReviewed,
  RuleSetReviewOverdue,
] as const;
export type RulesEvent = EventOf<(typeof RULES_EVENTS)[number]>;

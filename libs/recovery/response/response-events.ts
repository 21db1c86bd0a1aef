import { event, type EventOf } from '../../event-sourcing/declared-event.js';
import {
  Answers,
  given,
  identity,
  Instant,
  Language,
  OneOf,
  Optional,
  otherwise,
  Personal,
  noted,
  Text,
  Texts,
  Whole,
} from '../vocabulary/fields.js';
import type { Publication } from '../vocabulary/topics.js';
import { CONTACT_ME, RELEASED_BY, RESPONSE_KINDS, SCORE_LEVELS, TRIAGE_OUTCOMES } from '../vocabulary/words.js';

const topic = 'amends.responses' satisfies Publication;

export const ResponseReceived = event('ResponseReceived', {
  topic,
  importable: true,
  fields: {
    response: given(identity(Text())),
    source: given(Text(100)),
    externalId: given(Text()),
    kind: OneOf(RESPONSE_KINDS),
    /** Ours; other systems' ids of the customer are in the vault. */
    customer: given(identity(Text())),
    touchpoint: Optional(Text()),
    answers: otherwise([], Answers()),
    contactMe: otherwise('not-answered', OneOf(CONTACT_ME)),
    comment: Optional(Personal),
    /** Derived at the edge, for rules: the comment itself is sealed. */
    commentLength: given(noted(Whole(), { description: 'Characters of the comment' })),
    tags: otherwise([], Texts(50)),
    product: Optional(Text()),
    order: Optional(Text()),
    agent: Optional(Text()),
    language: Optional(Language),
    /** The operational failure that touched the customer. */
    failure: Optional(identity(Text())),
  },
});
export type ReceivedResponse = EventOf<typeof ResponseReceived>['data'];

export const ResponseTriaged = event('ResponseTriaged', {
  topic,
  fields: {
    response: Text(),
    score: OneOf(SCORE_LEVELS),
    contactMe: OneOf(CONTACT_ME),
    /** The cell or the rule of the rule set that decided. */
    rule: Text(),
    outcome: OneOf(TRIAGE_OUTCOMES),
    case: Optional(Text()),
    /** Content hash of the rule set that decided. */
    ruleSet: Text(),
  },
});

export type TriagedResponse = EventOf<typeof ResponseTriaged>['data'];

/** What the throttle held back gets its case after all. */
export const ResponseReleased = event('ResponseReleased', {
  topic,
  fields: {
    response: Text(),
    case: Text(),
    by: OneOf(RELEASED_BY),
    kind: Text(),
    priority: Text(),
    team: Optional(Text()),
    reason: Optional(Text(2_000)),
  },
});

/** What the throttle held back got too old to be released. It happened at that instant, whenever it was recorded. */
export const ResponseExpired = event('ResponseExpired', { topic, fields: { response: Text(), heldUntil: Instant } });

export const RESPONSE_EVENTS = [ResponseReceived, ResponseTriaged, ResponseReleased, ResponseExpired] as const;
export type ResponseEvent = EventOf<(typeof RESPONSE_EVENTS)[number]>;

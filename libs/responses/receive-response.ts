import type { Static } from 'typebox';
import { message } from '../platform/validation/schema.js';
import {
  Answer,
  Answers,
  Instant,
  Language,
  OneOf,
  Optional,
  Personal,
  Text,
  Texts,
} from '../recovery/vocabulary/fields.js';
import { Contact } from './contact.js';
import { CONTACT_ME, RESPONSE_KINDS } from '../recovery/vocabulary/words.js';

/** One response of a customer, as a survey tool, a CRM or a ticket system sends it. */
export const ReceiveResponse = message(
  {
    /** Optional if the store has one programme. */
    programme: Optional(Text(100)),
    /** Optional for a survey answer. */
    kind: Optional(OneOf(RESPONSE_KINDS)),
    /** The system that it comes from. */
    source: Text(100),
    /** The source's own id. The same id means the same response. */
    externalId: Text(200),
    /** The source's id of the customer. */
    customer: Text(200),
    touchpoint: Optional(Text(200)),
    metric: Optional(Answer.properties.metric),
    score: Optional(Answer.properties.score),
    /** Several answers, instead of one metric and score. */
    answers: Optional(Answers(1)),
    contactMe: Optional(OneOf(CONTACT_ME)),
    comment: Optional(Personal),
    tags: Optional(Texts(50)),
    product: Optional(Text(200)),
    order: Optional(Text(200)),
    agent: Optional(Text(200)),
    language: Optional(Language),
    occurredAt: Optional(Instant),
    /** How to reach the customer. Kept in the vault, never in history. */
    contact: Optional(Contact),
  },
  {
    source: 'survey',
    externalId: 'r-1001',
    customer: 'c-77',
    touchpoint: 'invoice',
    metric: 'nps',
    score: 2,
    contactMe: 'yes',
    comment: 'Billed twice and nobody answers.',
    contact: { name: 'Eva Muster', email: 'eva@example.org' },
  },
);
export type ReceiveResponse = Static<typeof ReceiveResponse>;

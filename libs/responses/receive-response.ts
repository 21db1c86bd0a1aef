import { Example } from '../platform/validation/example.js';
import { Instant, Language, OneOf, Optional, Parts, Text, Texts, Whole } from '../platform/validation/fields.js';

export class Answer {
  @OneOf(['nps', 'csat', 'ces', 'stars']) metric!: string;
  @Whole(0, 10) score!: number;
}

/** One response of a customer, as a survey tool, a CRM or a ticket system sends it. */
@Example({
  source: 'survey',
  externalId: 'r-1001',
  customer: 'c-77',
  touchpoint: 'invoice',
  metric: 'nps',
  score: 2,
  contactMe: 'yes',
  comment: 'Billed twice and nobody answers.',
})
export class ReceiveResponse {
  /** May be left out where the store has one programme. */
  @Optional() @Text(100) programme?: string;
  /** May be left out for a survey answer. */
  @Optional()
  @OneOf(['survey', 'complaint', 'ticket', 'social', 'review', 'forum', 'operational-failure'])
  kind?: string;
  /** The system that it comes from. */
  @Text(100) source!: string;
  /** The source's own id of it: sent again, it is the same response. */
  @Text(200) externalId!: string;
  /** The source's id of the customer. */
  @Text(200) customer!: string;
  @Optional() @Text(200) touchpoint?: string;
  @Optional() @OneOf(['nps', 'csat', 'ces', 'stars']) metric?: string;
  @Optional() @Whole(0, 10) score?: number;
  /** Several answers, instead of one metric and score. */
  @Optional() @Parts(() => Answer, 10, 1) answers?: Answer[];
  @Optional() @OneOf(['yes', 'no', 'not-answered']) contactMe?: string;
  @Optional() @Text(20_000) comment?: string;
  @Optional() @Texts(50) tags?: string[];
  @Optional() @Text(200) product?: string;
  @Optional() @Text(200) order?: string;
  @Optional() @Text(200) agent?: string;
  @Optional() @Language() language?: string;
  @Optional() @Instant() occurredAt?: string;
}

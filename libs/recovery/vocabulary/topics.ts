// Names of topics are what subscribers hold on to: they stay.

export interface Topic {
  readonly says: string;
  /** What its messages are keyed by, in words. */
  readonly keyedBy: string;
  /** Only the last message of each key is kept for good, and none of a key whose last has no value. */
  readonly compacted: boolean;
}

export const TOPICS = {
  'amends.responses': {
    says: 'What customers said and what went wrong for them, and what triage made of it',
    keyedBy: "the customer's id; a reported failure's own id",
    compacted: false,
  },
  'amends.cases': {
    says: 'Everything that happened on a case, from its opening to the last survey',
    keyedBy: "the case's id",
    compacted: false,
  },
  'amends.clocks': {
    says: 'Targets that were about to be missed, and that were missed, and who is to be told of it',
    keyedBy: "the case's id",
    compacted: false,
  },
  'amends.rules': {
    says: 'How the work is set up, checked and improved: rule sets, teams, verification drawings, improvement actions',
    keyedBy: "the programme, team, period or improvement action's id",
    compacted: false,
  },
  'amends.customers': {
    says: 'That contact data of a customer is there, and who is the same person; without a value: the customer is to be forgotten',
    keyedBy: "the customer's id",
    compacted: true,
  },
} as const satisfies Readonly<Record<string, Topic>>;

export type TopicName = keyof typeof TOPICS;

export const TOPIC_NAMES = Object.keys(TOPICS) as readonly TopicName[];

/** `kept-inside` is how Amends does its own work, and who read what: nobody else's business. */
export type Publication = TopicName | 'kept-inside';

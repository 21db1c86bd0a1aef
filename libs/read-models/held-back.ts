import { idOf } from '../event-sourcing/identity.js';
import type { DocumentOf } from '../event-sourcing/projection.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { ReceivedResponse } from '../recovery/response/response-events.js';
import { caseAwaited, heldUntil, lowestAnswer } from '../recovery/triage/held-back.js';
import type { ReadModel } from './inputs.js';

const RESPONSE = 'response-';

const fields = {
  response: 'string',
  programme: 'string',
  customer: 'string',
  contactMe: 'string',
  touchpoint: 'string',
  product: 'string',
  /** The case that it waits for, or got. */
  case: 'string',
  kind: 'string',
  priority: 'string',
  team: 'string',
  /** When the customer said it: its age counts from then. */
  respondedAt: 'instant',
  score: 'string',
  /** Its lowest answer, from 0 to 1 on the metric's scale. */
  lowest: 'number',
  rule: 'string',
  ruleSet: 'string',
  heldBackAt: 'instant',
  /** From then on it has expired, unless it was released; null: it never expires. */
  heldUntil: 'instant',
  /** Whether its expiry is recorded. It has expired from `heldUntil` on, recorded or not. */
  expiryRecorded: 'boolean',
  /** `heldUntil`, or the end of time, until it is released or its expiry is recorded: then nothing is to be done any more. */
  waitsUntil: 'instant',
  releasedAt: 'instant',
  releasedBy: 'string',
} as const;

export type HeldBackDocument = DocumentOf<typeof fields>;

/** A response, and once it is held back what is shown of it. */
interface HeldBackFact {
  readonly received: ReceivedResponse;
  readonly at: string;
  readonly shown?: HeldBackDocument;
}

const step = (fact: HeldBackFact | undefined, reached: Partial<HeldBackDocument>): HeldBackFact | undefined =>
  fact?.shown ? { ...fact, shown: { ...fact.shown, ...reached } } : fact;

type Triaged = Extract<RecordedEvent, { type: 'ResponseTriaged' }>;

/** By age, and by score. */
const ORDERS = [
  ['respondedAt', 'lowest'],
  ['lowest', 'respondedAt'],
];

/** After every instant. */
const NEVER = '9999-12-31T23:59:59.999Z';

/** One document for each response that a throttle held back, also after it was released or expired. */
export const heldBack: ReadModel<HeldBackFact, ['triage']> = {
  name: 'held_back',
  version: 2,
  reads: ['triage'],
  fields,
  indexes: [
    // Few of all that were ever held back still wait: no look at those may read past the others.
    ['waitsUntil'],
    ...ORDERS.map((order) => ['releasedAt', 'expiryRecorded', ...order]),
  ],
  ofOneStream: true,
  key: ({ stream }) => (stream.startsWith(RESPONSE) ? stream.slice(RESPONSE.length) : undefined),
  evolve: {
    ResponseReceived: (_, { data, occurredAt }) => ({ received: data, at: occurredAt }),
    ResponseTriaged: (fact, event, { rules }) =>
      fact && event.data.outcome === 'held-back'
        ? { ...fact, shown: begin(fact, event, rules.at(event.programme, fact.at)?.ruleSet) }
        : fact,
    ResponseReleased: (fact, { data, occurredAt }) => {
      const { case: id, kind, priority, team = null, by } = data;
      return step(fact, { case: id, kind, priority, team, waitsUntil: null, releasedAt: occurredAt, releasedBy: by });
    },
    ResponseExpired: (fact, { data }) =>
      step(fact, { heldUntil: data.heldUntil, expiryRecorded: true, waitsUntil: null }),
  },
  documents: ({ shown }, key) => (shown ? [[key, shown]] : []),
};

function begin(
  { received, at }: HeldBackFact,
  { data, programme, occurredAt }: Triaged,
  rules: Parameters<typeof caseAwaited>[1],
): HeldBackDocument {
  const { response, source, externalId, customer, contactMe, touchpoint = null, product = null } = received;
  const { kind, priority, team = null } = caseAwaited(data, rules);
  const until = heldUntil(at, rules?.triage?.throttle) ?? null;
  return {
    response,
    programme,
    customer,
    contactMe,
    touchpoint,
    product,
    case: idOf(source, externalId),
    kind,
    priority,
    team,
    respondedAt: at,
    score: data.score,
    lowest: lowestAnswer(received) ?? null,
    rule: data.rule,
    ruleSet: data.ruleSet,
    heldBackAt: occurredAt,
    heldUntil: until,
    expiryRecorded: false,
    waitsUntil: until ?? NEVER,
    releasedAt: null,
    releasedBy: null,
  };
}

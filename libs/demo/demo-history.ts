import type { Actor } from '../event-sourcing/event.js';
import { idOf } from '../event-sourcing/identity.js';
import { triageResponse } from '../reactions/triage-response.js';
import { reactionTo, type ReactionInputs } from '../reactions/effect.js';
import type { CommandOf } from '../recovery/aggregates.js';
import type { RecordedEvent } from '../recovery/history.js';
import { DAY_MS } from '../recovery/rules/duration.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { COMPLAINTS, type Complaint } from './complaints.js';
import { DEMO_TEAMS } from './demo-teams.js';
import { CaseStory } from './case-story.js';
import { Chance } from './random.js';
import { SimulatedHistory } from './simulated-history.js';

export interface DemoOptions {
  readonly programme: string;
  readonly books: RuleBooks;
  /** UTC, ISO 8601. Nothing happens later, so that some cases are still open. */
  readonly until: string;
  readonly seed: number;
  readonly responses: number;
}

const SOURCE = 'demo-survey';
const SURVEY: Actor = { id: SOURCE, role: 'integrator' };
const TRIAGE: Actor = { id: triageResponse.name, role: 'system' };
const DAYS = 42;

/**
 * Six weeks of an invented company's unhappy customers, up to now, made by the real rules and deciders. The events are by
 * time, with personal fields in plain text.
 */
export function demoHistory({ programme, books, until, seed, responses }: DemoOptions) {
  const chance = new Chance(seed);
  const history = new SimulatedHistory(programme, books);
  const end = Date.parse(until);
  const begin = end - DAYS * DAY_MS;
  /** By our id, the customer's id in the source, and the id of what first mentions them. */
  const customers = new Map<string, { id: string; named: string }>();
  // The simulation needs the teams; the app has already recorded its own.
  for (const team of DEMO_TEAMS)
    history.act({ aggregate: 'team', id: team.team, command: team, actor: TRIAGE, at: new Date(begin).toISOString() });
  const arrivals = Array.from({ length: responses }, () => begin + chance.next() * (end - begin)).sort((a, b) => a - b);
  for (const [number, arrival] of arrivals.entries()) {
    const at = new Date(arrival).toISOString();
    // Some customers write again.
    const customerId = `customer-${Math.floor(chance.next() * responses * 0.8)}`;
    const named = `demo-customer/${customerId}`;
    const customer = idOf(named);
    customers.set(customer, { id: customerId, named });
    const complaint = complaintOf(chance);
    const command = responseOf(chance, number, customer, complaint);
    const received = history.act({
      aggregate: 'response',
      id: command.response,
      command,
      actor: SURVEY,
      at,
      shardKey: customer,
    });
    const opened = received.flatMap((event) => triaged(history, event, books, at));
    for (const event of opened)
      if (event.type === 'CaseAssigned')
        new CaseStory(history, chance, books, { programme, end, complaint }).play(
          command.response,
          event.data.owner,
          arrival,
        );
  }
  const events = history.inOrder().filter(({ type }) => type !== 'TeamChanged');
  return { events, customers };
}

function complaintOf(chance: Chance): Complaint {
  const total = COMPLAINTS.reduce((sum, { weight }) => sum + weight, 0);
  let drawn = chance.next() * total;
  for (const complaint of COMPLAINTS) if ((drawn -= complaint.weight) < 0) return complaint;
  throw new Error('There are no complaints to draw from.');
}

type Receive = Extract<CommandOf<'response'>, { type: 'ReceiveResponse' }>;

function responseOf(chance: Chance, number: number, customer: string, complaint: Complaint): Receive {
  const externalId = `demo-${String(number).padStart(5, '0')}`;
  const low = chance.happens(0.62);
  const score = Math.floor(low ? chance.between(0, 7) : chance.between(7, 11));
  const contactMe = chance.happens(0.45) ? 'yes' : chance.happens(0.25) ? 'no' : 'not-answered';
  return {
    type: 'ReceiveResponse',
    response: idOf(SOURCE, externalId),
    source: SOURCE,
    externalId,
    kind: 'survey',
    customer,
    touchpoint: complaint.touchpoint,
    answers: [{ metric: 'nps', score }],
    contactMe,
    ...(low && { comment: complaint.comment }),
    commentLength: low ? complaint.comment.length : 0,
    tags: chance.happens(0.2) ? ['loyal'] : [],
    language: chance.one(['en', 'en', 'de', 'fr', 'es']),
  };
}

/** Carries out the reaction's effects, and the effects of their events. */
function triaged(
  history: SimulatedHistory,
  event: RecordedEvent,
  books: RuleBooks,
  at: string,
): readonly RecordedEvent[] {
  const { needs, on } = reactionTo(event, triageResponse);
  const { streams } = needs?.(event, books) ?? { streams: [] };
  const inputs: ReactionInputs = {
    books,
    streams: new Map(streams.map((name) => [name, history.eventsOf(name)])),
    openCases: history.ownedBy(),
  };
  const effects = on?.(event, inputs) ?? [];
  return effects.flatMap(({ aggregate, id, command, shardKey }) => {
    const made = history.act({ aggregate, id, command, actor: TRIAGE, at, shardKey });
    return [...made, ...made.flatMap((next) => triaged(history, next, books, at))];
  });
}

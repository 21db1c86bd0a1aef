import { idOf } from '../event-sourcing/identity.js';
import { stated } from '../event-sourcing/stated.js';
import { intakeId, streamOf, type CommandOf } from '../recovery/aggregates.js';
import { openedFor } from '../recovery/case/opening.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { IntakeEvent } from '../recovery/intake/intake-events.js';
import type { ResponseEvent, ReceivedResponse } from '../recovery/response/response-events.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { triage, type Triage, type TriagedCase } from '../recovery/triage/triage.js';
import { effectOn, type CommandReaction, type Effect, type Needs, type ReactionInputs } from './effect.js';
import { dayOfRelease, neededToRelease, releaseByHand } from './release-held-back.js';
import { neededOfCustomers, neededToChoose, offHoursOf, rosterOf } from './team-intake.js';

type Received = Extract<RecordedEvent, { type: 'ResponseReceived' }>;
type Allocated = Extract<RecordedEvent, { type: 'IntakeAllocated' }>;
type HeldBack = Extract<RecordedEvent, { type: 'IntakeHeldBack' }>;

/**
 * Turns a response into a case in two steps. The rules decide what to do; if that is a case, the team's intake of the day
 * chooses its owner or holds it back; then the case opens with its owner. What was held back opens likewise once it is
 * released. A programme without rules triages nothing.
 */
export const triageResponse: CommandReaction<ResponseEvent | IntakeEvent> = {
  name: 'triage-response',
  needs: {
    ResponseReceived: (event, books) => {
      const decided = decide(event, books);
      return decided?.outcome === 'case-wanted' ? toAllocate(event, decided, books) : { streams: [] };
    },
    IntakeAllocated: ({ data }) => ({ streams: [streamOf('response', data.response)] }),
    IntakeHeldBack: ({ data }) => ({ streams: [streamOf('response', data.response)] }),
    ResponseReleased: (event, books) => {
      // What a rule releases is in the intake already.
      if (event.data.by === 'rule') return { streams: [] };
      const needed = neededToRelease(dayOfRelease(event, books));
      return { ...needed, streams: [...needed.streams, event.stream] };
    },
  },
  on: {
    ResponseReceived: (event, inputs) => {
      const decided = decide(event, inputs.books);
      if (!decided) return [];
      if (decided.outcome === 'case-wanted') return [allocation(event, decided, inputs)];
      return [triaged(event.data, event.programme, decided)];
    },
    IntakeAllocated: (event, inputs) => {
      const response = responseOf(event, inputs);
      const about = { programme: event.programme, shardKey: response.customer };
      return [...noteOf(event, response), effectOn('case', event.data.case, openingOf(response, event), about)];
    },
    IntakeHeldBack: (event, inputs) => {
      const { score, rule, ruleSet } = event.data;
      return [triaged(responseOf(event, inputs), event.programme, { outcome: 'held-back', score, rule, ruleSet })];
    },
    ResponseReleased: (event, inputs) =>
      event.data.by === 'rule' ? [] : [releaseByHand(event, dayOfRelease(event, inputs.books), inputs)],
  },
};

function decide({ data, programme, occurredAt }: Received, books: RuleBooks): Triage | undefined {
  const rules = books.at(programme, occurredAt);
  return rules && triage(data, rules, occurredAt);
}

/** Without a team the intake has the programme's name. */
const teamOf = (event: Received, { team }: TriagedCase): string => team ?? event.programme;

/** The day, in UTC, on which the source reported: a late delivery counts against the throttle of its arrival. */
const dayOf = ({ knownAt }: Received): string => knownAt.slice(0, 10);

function toAllocate(event: Received, decided: TriagedCase, books: RuleBooks): Needs {
  const needed = neededToChoose(teamOf(event, decided), dayOf(event), decided.intake.owner);
  const rules = books.at(event.programme, event.occurredAt);
  return { ...needed, ...(rules && neededOfCustomers(rules, event.knownAt, [event.data.customer])) };
}

function allocation(event: Received, decided: TriagedCase, inputs: ReactionInputs): Effect {
  const { response, source, externalId, touchpoint, customer } = event.data;
  const team = teamOf(event, decided);
  const day = dayOf(event);
  const roster = rosterOf(team, inputs);
  const rules = inputs.books.at(event.programme, event.occurredAt);
  const command: CommandOf<'intake'> = stated({
    type: 'AllocateIntake',
    response,
    case: idOf(source, externalId),
    team,
    day,
    touchpoint,
    lastOwner: inputs.lastOwners?.get(customer),
    decided,
    roster,
    openCases: inputs.openCases,
    openToday: inputs.openSince,
    // Whoever works when it came in, whenever it is triaged.
    offHours: rules && offHoursOf(roster, rules, event.knownAt),
  });
  return effectOn('intake', intakeId(team, day), command, { programme: event.programme });
}

function responseOf({ id, data }: Allocated | HeldBack, { streams }: ReactionInputs): ReceivedResponse {
  const received = streams.get(streamOf('response', data.response))?.find((event) => event.type === 'ResponseReceived');
  if (!received)
    throw new Error(`Broken history: ${id} allocates response ${data.response}, which was never received.`);
  return received.data;
}

/** What the response records of its case: a person who released it recorded that before. */
function noteOf(event: Allocated, response: ReceivedResponse): readonly Effect[] {
  const { programme } = event;
  const { released, case: id, score, rule, ruleSet, kind, priority } = event.data;
  switch (released) {
    case undefined:
      return [triaged(response, programme, { outcome: 'opened', case: id, score, rule, ruleSet })];
    case 'rule': {
      const release = stated({ type: 'RecordRelease' as const, case: id, kind, priority, team: teamOfCase(event) });
      return [effectOn('response', response.response, release, { programme, shardKey: response.customer })];
    }
    case 'person':
      return [];
  }
}

function triaged(
  { response, customer }: ReceivedResponse,
  programme: string,
  decided: Pick<CommandOf<'response'> & { type: 'TriageResponse' }, 'outcome' | 'case' | 'score' | 'rule' | 'ruleSet'>,
): Effect {
  const { outcome, score, rule, ruleSet } = decided;
  const command = { type: 'TriageResponse' as const, outcome, score, rule, ruleSet };
  const named = decided.case === undefined ? command : { ...command, case: decided.case };
  return effectOn('response', response, named, { programme, shardKey: customer });
}

/** The command that opens a response's case for the chosen owner. */
export function openingOf(response: ReceivedResponse, event: Allocated): CommandOf<'case'> {
  const { case: id, kind, priority, owner, by, because, ruleSet } = event.data;
  return stated({
    type: 'OpenCase',
    ...openedFor(response, { case: id, kind, priority, team: teamOfCase(event), ruleSet }),
    owner,
    assignedBy: by,
    because,
  });
}

const teamOfCase = ({ data: { team }, programme }: Allocated): string | undefined =>
  team === programme ? undefined : team;

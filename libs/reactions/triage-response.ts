import { idOf } from '../event-sourcing/identity.js';
import { stated } from '../event-sourcing/stated.js';
import { intakeId, streamOf, type CommandOf } from '../recovery/aggregates.js';
import { openedFor } from '../recovery/case/opening.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { IntakeEvent } from '../recovery/intake/intake-events.js';
import type { ResponseEvent, ReceivedResponse } from '../recovery/response/response-events.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import type { Roster } from '../recovery/team/team.js';
import { triage, type Triage, type TriagedCase } from '../recovery/triage/triage.js';
import { effectOn, type CommandReaction, type Effect, type Needs, type ReactionInputs } from './effect.js';

type Received = Extract<RecordedEvent, { type: 'ResponseReceived' }>;
type Allocated = Extract<RecordedEvent, { type: 'IntakeAllocated' }>;
type HeldBack = Extract<RecordedEvent, { type: 'IntakeHeldBack' }>;

/**
 * Turns a response into a case in two steps. The rules decide what to do; if that is a case, the team's intake of the day
 * chooses its owner or holds it back; then the case opens with its owner. A programme without rules triages nothing.
 */
export const triageResponse: CommandReaction<ResponseEvent | IntakeEvent> = {
  name: 'triage-response',
  needs: {
    ResponseReceived: (event, books) => {
      const decided = decide(event, books);
      return decided?.outcome === 'case-wanted' ? toAllocate(event, decided) : { streams: [] };
    },
    IntakeAllocated: ({ data }) => ({ streams: [streamOf('response', data.response)] }),
    IntakeHeldBack: ({ data }) => ({ streams: [streamOf('response', data.response)] }),
  },
  on: {
    ResponseReceived: (event, inputs) => {
      const decided = decide(event, inputs.books);
      if (!decided) return [];
      if (decided.outcome === 'case-wanted') return [allocation(event, decided, inputs)];
      return [triaged(event.data, event.programme, decided)];
    },
    IntakeAllocated: (event, inputs) => {
      const { score, rule, ruleSet, case: id } = event.data;
      const response = responseOf(event, inputs);
      const about = { programme: event.programme, shardKey: response.customer };
      return [
        triaged(response, event.programme, { outcome: 'opened', case: id, score, rule, ruleSet }),
        effectOn('case', id, openingOf(response, event), about),
      ];
    },
    IntakeHeldBack: (event, inputs) => {
      const { score, rule, ruleSet } = event.data;
      return [triaged(responseOf(event, inputs), event.programme, { outcome: 'held-back', score, rule, ruleSet })];
    },
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

function toAllocate(event: Received, decided: TriagedCase): Needs {
  const streams = [streamOf('team', teamOf(event, decided))];
  // The intake counts the cases of its own day.
  return decided.intake.owner === undefined
    ? { streams }
    : { streams, openCasesBefore: `${dayOf(event)}T00:00:00.000Z` };
}

function allocation(event: Received, decided: TriagedCase, { streams, openCases }: ReactionInputs): Effect {
  const { response, source, externalId, touchpoint } = event.data;
  const team = teamOf(event, decided);
  const day = dayOf(event);
  const roster = rosterOf(streams.get(streamOf('team', team)) ?? []);
  const command: CommandOf<'intake'> = stated({
    type: 'AllocateIntake',
    response,
    case: idOf(source, externalId),
    team,
    day,
    touchpoint,
    decided,
    roster,
    openCases,
  });
  return effectOn('intake', intakeId(team, day), command, { programme: event.programme });
}

const rosterOf = (events: readonly RecordedEvent[]): Roster | undefined =>
  events.findLast((event) => event.type === 'TeamChanged')?.data;

function responseOf({ id, data }: Allocated | HeldBack, { streams }: ReactionInputs): ReceivedResponse {
  const received = streams.get(streamOf('response', data.response))?.find((event) => event.type === 'ResponseReceived');
  if (!received)
    throw new Error(`Broken history: ${id} allocates response ${data.response}, which was never received.`);
  return received.data;
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
export function openingOf(response: ReceivedResponse, { data, programme }: Allocated): CommandOf<'case'> {
  const { case: id, kind, priority, owner, by, ruleSet } = data;
  const team = data.team === programme ? undefined : data.team;
  return {
    type: 'OpenCase',
    ...openedFor(response, { case: id, kind, priority, team, ruleSet }),
    owner,
    assignedBy: by,
  };
}

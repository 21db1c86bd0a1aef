import { stated } from '../event-sourcing/stated.js';
import { streamOf } from '../recovery/aggregates.js';
import { caseDecider, type CaseEventOf } from '../recovery/case/case.js';
import { inWork } from '../recovery/case/case-state.js';
import type { RecordedEvent } from '../recovery/history.js';
import { withCaseOf, type CasesByOwner } from '../recovery/intake/open-cases.js';
import { chooseOwner } from '../recovery/intake/owner-choice.js';
import { ownerRule } from '../recovery/intake/owner-rule.js';
import type { CompiledRules } from '../recovery/rules/compile.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { peopleOf, type Roster, type TeamEvent } from '../recovery/team/team.js';
import {
  effectOn,
  type CommandReaction,
  type Effect,
  type Found,
  type Needs,
  type OwnedCase,
  type ReactionInputs,
} from './effect.js';
import { offHoursOf, rosterOf } from './team-intake.js';

/** A team changes; or a case comes to somebody, or back to work, who may have left meanwhile. */
export type HandOnEvent = TeamEvent | CaseEventOf<'CaseAssigned' | 'CaseReturned' | 'CaseReopened'>;
type OfCase = Extract<RecordedEvent, { type: 'CaseAssigned' | 'CaseReturned' | 'CaseReopened' }>;

/** After every instant: all cases are open before it. */
const NEVER = '9999-12-31T23:59:59.999Z';
const NOTHING: Needs = { streams: [] };

/**
 * Hands on the open cases of whoever left a team, where the rules of their programme say so: each to the next by the same
 * choice as a new case. A case in review stays until it is returned: its review does not wait for its owner.
 */
export const handOnCases: CommandReaction<HandOnEvent> = {
  name: 'hand-on-cases',
  needs: {
    TeamChanged: (event, books) => {
      const { stream, revision, data, occurredAt } = event;
      if (!books.programmes().some((programme) => handsOn(books.at(programme, occurredAt)))) return NOTHING;
      return {
        streams: [],
        lastOf: [stream],
        before: { stream, revision },
        next: (found) => {
          const owners = leavers(event, found);
          if (owners.length === 0) return NOTHING;
          return { streams: [], openCasesBefore: NEVER, openCasesOf: { team: data.team, owners } };
        },
      };
    },
    CaseAssigned: (event, books) => neededOfCase(event, books),
    CaseReturned: (event, books) => neededOfCase(event, books),
    CaseReopened: (event, books) => neededOfCase(event, books),
  },
  on: {
    TeamChanged: (event, inputs) => {
      const { data } = event;
      const roster = rosterOf(data.team, inputs) ?? data;
      return handOn(inputs.openCasesOf ?? [], { roster, left: leavers(event, inputs), at: event.occurredAt }, inputs);
    },
    CaseAssigned: (event, inputs) => handOnCase(event as OfCase, inputs),
    CaseReturned: (event, inputs) => handOnCase(event as OfCase, inputs),
    CaseReopened: (event, inputs) => handOnCase(event as OfCase, inputs),
  },
};

const handsOn = (rules: CompiledRules | undefined): boolean => rules?.ruleSet.triage?.routing?.onLeaving === 'hand-on';

/** In the team before, and not since. Who came back in the meantime keeps their cases. */
function leavers({ data }: { readonly data: Roster }, found: Pick<Found, 'streams' | 'before'>): readonly string[] {
  const { before } = found;
  if (before?.type !== 'TeamChanged') return [];
  const stay = new Set([data, rosterOf(data.team, found) ?? data].flatMap(peopleOf));
  return peopleOf(before.data).filter((person) => !stay.has(person));
}

/** Few cases need more than the team as it is. */
function neededOfCase({ stream, programme, occurredAt }: OfCase, books: RuleBooks): Needs {
  if (!handsOn(books.at(programme, occurredAt))) return NOTHING;
  return {
    streams: [stream],
    next: (found) => {
      const worked = workedOn(found.streams.get(stream));
      if (worked === undefined) return NOTHING;
      const team = streamOf('team', worked.team);
      return {
        streams: [],
        lastOf: [team],
        next: ({ streams }) =>
          isOf(worked.owner, streams.get(team)?.at(-1)) ? NOTHING : { streams: [team], openCasesBefore: NEVER },
      };
    },
  };
}

/** Whoever was in its team once, and is not any more, left it. An owner who never was is meant by the rules. */
function handOnCase({ stream, programme, occurredAt: at }: OfCase, inputs: ReactionInputs): readonly Effect[] {
  const worked = workedOn(inputs.streams.get(stream));
  const changes = (worked && inputs.streams.get(streamOf('team', worked.team))) ?? [];
  const roster = worked && rosterOf(worked.team, inputs);
  if (!worked || !roster || isOf(worked.owner, changes.at(-1)) || !changes.some((event) => isOf(worked.owner, event)))
    return [];
  return handOn([{ ...worked, programme }], { roster, left: [worked.owner], at }, inputs);
}

const isOf = (person: string, event: RecordedEvent | undefined): boolean =>
  event?.type === 'TeamChanged' && peopleOf(event.data).includes(person);

/** The case, if somebody of a team works on it. */
function workedOn(
  events: readonly RecordedEvent[] = [],
): (Omit<OwnedCase, 'programme'> & { readonly team: string }) | undefined {
  const { now } = events.reduce(
    (state, event) => caseDecider.evolve(state, event as Parameters<typeof caseDecider.evolve>[1]), // its stream holds no others
    caseDecider.initialState,
  );
  const { owner = null, team = null } = now?.facts ?? {};
  if (!now || owner === null || team === null || !inWork(now.facts)) return undefined;
  return { ...now.facts, case: now.case, customer: now.customer, owner, team };
}

interface Leaving {
  readonly roster: Roster;
  readonly left: readonly string[];
  readonly at: string;
}

function handOn(cases: readonly OwnedCase[], { roster, left, at }: Leaving, inputs: ReactionInputs): readonly Effect[] {
  const { books, openCases } = inputs;
  let byOwner: CasesByOwner = new Map();
  return cases.flatMap((owned): Effect[] => {
    const rules = books.at(owned.programme, at);
    if (!rules || !handsOn(rules)) return [];
    const { owner: toOwner, because } = chooseOwner(
      {
        rule: ownerRule(owned, rules),
        day: at.slice(0, 10),
        touchpoint: owned.touchpoint ?? undefined,
        offHours: offHoursOf(roster, rules, at),
        ...{ roster, openCases, left },
      },
      { byOwner },
    );
    byOwner = withCaseOf(toOwner, owned.priority, byOwner);
    const { case: id, owner: fromOwner, programme, customer } = owned;
    const reason = `${fromOwner} left ${roster.name}.`;
    const command = stated({ type: 'HandOnCase' as const, fromOwner, toOwner, because, reason });
    return [{ ...effectOn('case', id, command, { programme, shardKey: customer }), key: id }];
  });
}

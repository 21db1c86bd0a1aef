import { stated } from '../event-sourcing/stated.js';
import type { RecordedEvent } from '../recovery/history.js';
import { withCaseOf, type CasesByOwner } from '../recovery/intake/open-cases.js';
import { chooseOwner } from '../recovery/intake/owner-choice.js';
import { ownerRule } from '../recovery/intake/owner-rule.js';
import type { CompiledRules } from '../recovery/rules/compile.js';
import { peopleOf, type Roster, type TeamEvent } from '../recovery/team/team.js';
import { effectOn, type CommandReaction, type Effect, type ReactionInputs } from './effect.js';
import { offHoursOf, rosterOf } from './team-intake.js';

type TeamChanged = Extract<RecordedEvent, { type: 'TeamChanged' }>;

/** After every instant: all cases are open before it. */
const NEVER = '9999-12-31T23:59:59.999Z';

/**
 * Hands on the open cases of whoever left a team, where the rules of their programme say so: each to the next by the same
 * choice as a new case. A case in review stays: its review does not wait for its owner.
 */
export const handOnCases: CommandReaction<TeamEvent> = {
  name: 'hand-on-cases',
  needs: {
    TeamChanged: (event, books) => {
      if (!books.programmes().some((programme) => handsOn(books.at(programme, event.occurredAt))))
        return { streams: [] };
      const { stream, revision, data } = event;
      return {
        streams: [],
        lastOf: [stream],
        before: { stream, revision },
        openCasesBefore: NEVER,
        openCasesOf: { team: data.team, owners: (inputs) => leavers(event, inputs) },
      };
    },
  },
  on: { TeamChanged: (event, inputs) => handOn(event as TeamChanged, inputs) },
};

const handsOn = (rules: CompiledRules | undefined): boolean => rules?.ruleSet.triage?.routing?.onLeaving === 'hand-on';

/** In the team before, and not since. Who came back in the meantime keeps their cases. */
function leavers(
  { data }: Pick<TeamChanged, 'data'>,
  inputs: Pick<ReactionInputs, 'streams' | 'before'>,
): readonly string[] {
  const { before } = inputs;
  if (before?.type !== 'TeamChanged') return [];
  const stay = new Set([data, rosterOf(data.team, inputs) ?? data].flatMap(peopleOf));
  return peopleOf(before.data).filter((person) => !stay.has(person));
}

function handOn(event: TeamChanged, inputs: ReactionInputs): readonly Effect[] {
  const { books, openCases, openCasesOf = [] } = inputs;
  const { occurredAt, data } = event;
  const roster: Roster = rosterOf(data.team, inputs) ?? data;
  const left = leavers(event, inputs);
  const day = occurredAt.slice(0, 10);
  let byOwner: CasesByOwner = new Map();
  return openCasesOf.flatMap((owned): Effect[] => {
    const rules = books.at(owned.programme, occurredAt);
    if (!rules || !handsOn(rules)) return [];
    const { owner: toOwner, because } = chooseOwner(
      {
        rule: ownerRule(owned, rules),
        touchpoint: owned.touchpoint ?? undefined,
        offHours: offHoursOf(roster, rules, occurredAt),
        ...{ day, roster, openCases, left },
      },
      { byOwner },
    );
    byOwner = withCaseOf(toOwner, owned.priority, byOwner);
    const { case: id, owner: fromOwner, programme, customer } = owned;
    const command = stated({
      type: 'HandOnCase' as const,
      fromOwner,
      toOwner,
      because,
      reason: `${fromOwner} left ${data.name}.`,
    });
    return [{ ...effectOn('case', id, command, { programme, shardKey: customer }), key: id }];
  });
}

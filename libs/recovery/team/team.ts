import { refuse, type Decider, type Decision, type Refusal } from '../../event-sourcing/decider.js';
import { stated } from '../../event-sourcing/stated.js';
import type { Member, TeamEvent } from './team-events.js';

export type Roster = TeamEvent['data'];
export type Team = { readonly status: 'none' } | { readonly status: 'known'; readonly roster: Roster };

/** A team is told as a whole: who is in it now, and who stands in where nobody can. */
export type TeamCommand = { type: 'ChangeTeam' } & Roster;

const decide = (command: TeamCommand, state: Team): Decision<TeamEvent> => {
  const { type: _, ...named } = command;
  const roster = stated(named);
  if (state.status === 'known' && JSON.stringify(ordered(state.roster)) === JSON.stringify(ordered(roster))) return [];
  return unworkable(roster) ?? [{ type: 'TeamChanged', data: roster }];
};

/** The same fields in the same order, so that equal teams read equal. */
const ordered = ({ team, name, members, fallbackOwner, supervisor }: Roster) => [
  team,
  name,
  members.map(({ id, role, capacity, absences = [] }) => [
    id,
    role,
    capacity,
    absences.map(({ from, to }) => [from, to]),
  ]),
  fallbackOwner,
  supervisor,
];

function unworkable({ members, fallbackOwner }: Roster): Refusal | undefined {
  if (fallbackOwner.trim() === '')
    return refuse(
      'fallback-owner-missing',
      'Name who owns the cases that nobody else of the team can take.',
      'fallbackOwner',
    );
  for (const [index, member] of members.entries()) {
    const at = `members[${index}]`;
    if (members.findIndex(({ id }) => id === member.id) !== index)
      return refuse('member-twice', `${member.id} is named twice. Keep one.`, at);
    if (member.capacity !== undefined && !(Number.isInteger(member.capacity) && member.capacity >= 0))
      return refuse('capacity-impossible', 'A capacity is a whole number of cases, 0 or more.', `${at}.capacity`);
    if (member.absences?.some(({ from, to }) => to < from))
      return refuse('absence-backwards', `${member.id}'s absence ends before it begins.`, `${at}.absences`);
  }
  return undefined;
}

/** Whether a member may be given new cases on a day. */
export const isPresent = ({ absences = [] }: Member, day: string): boolean =>
  !absences.some(({ from, to }) => from <= day && day <= to);

export const teamDecider: Decider<Team, TeamCommand, TeamEvent> = {
  initialState: { status: 'none' },
  evolve: (_, event) => ({ status: 'known', roster: event.data }),
  decide,
};

import { refuse, type Decider, type Decision, type Refusal } from '../../event-sourcing/decider.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import { event, type EventOf } from '../../event-sourcing/declared-event.js';
import { stated } from '../../event-sourcing/stated.js';
import { command } from '../vocabulary/command.js';
import { Day, identity, Languages, OneOf, Optional, Part, Parts, Text, Texts, Whole } from '../vocabulary/fields.js';
import { SUPERVISORS } from '../vocabulary/roles.js';
import type { Publication } from '../vocabulary/topics.js';
import { MEMBER_ROLES } from '../vocabulary/words.js';
import type { Static } from 'typebox';

const Member = Part({
  id: Text(100),
  role: OneOf(MEMBER_ROLES),
  /** The most open cases at a time; absent: no limit. */
  capacity: Optional(Whole(0, 100_000)),
  /** Days, inclusive. */
  absences: Optional(Parts(Part({ from: Day, to: Day }), 100)),
  languages: Optional(Languages(50)),
  /** In the words of the rules, such as billing. */
  skills: Optional(Texts(50)),
  /** Of the rules' calendars, the one that says when they work; absent: at any time. */
  calendar: Optional(Text(100)),
});
export type Member = Static<typeof Member>;

export const TeamChanged = event('TeamChanged', {
  topic: 'amends.rules' satisfies Publication,
  fields: {
    team: identity(Text()),
    name: Text(),
    members: Parts(Member, 500),
    /** Owns what nobody else of the team can take. */
    fallbackOwner: Text(100),
    supervisor: Optional(Text(100)),
  },
});
export type TeamEvent = EventOf<typeof TeamChanged>;

export type Roster = TeamEvent['data'];
export type Team = { readonly status: 'none' } | { readonly status: 'known'; readonly roster: Roster };

/** A command states the whole team: its members, and who stands in for them. */
export const ChangeTeam = command('ChangeTeam', {
  is: 'intention',
  comes: {
    method: 'PUT',
    path: 'teams/{team}',
    roles: SUPERVISORS,
    says: 'A team as a whole: who is in it from now on',
    example: {
      name: 'Customer care',
      members: [{ id: 'ana', role: 'agent', capacity: 40, languages: ['pt', 'en'], skills: ['billing'] }],
      fallbackOwner: 'sam',
      supervisor: 'sam',
    },
  },
  fields: TeamChanged.data.properties,
});
export type TeamCommand = CommandOf<typeof ChangeTeam>;

const decide = ({ type: _, ...named }: TeamCommand, state: Team): Decision<TeamEvent> => {
  const roster = stated(named);
  if (state.status === 'known' && JSON.stringify(ordered(state.roster)) === JSON.stringify(ordered(roster))) return [];
  return unworkable(roster) ?? [{ type: 'TeamChanged', data: roster }];
};

/** The same fields in the same order, so that equal teams read equal. */
const ordered = ({ team, name, members, fallbackOwner, supervisor }: Roster) => [
  team,
  name,
  members.map(({ id, role, capacity, absences = [], languages = [], skills = [], calendar }) => [
    id,
    role,
    capacity,
    absences.map(({ from, to }) => [from, to]),
    languages,
    skills,
    calendar,
  ]),
  fallbackOwner,
  supervisor,
];

function unworkable({ members, fallbackOwner }: Roster): Refusal | undefined {
  if (fallbackOwner.trim() === '')
    return refuse(
      'fallback-owner-missing',
      'A team has a fallback owner.',
      'Name who owns the cases that nobody else of it can take.',
      'fallbackOwner',
    );
  for (const [index, member] of members.entries()) {
    const at = `members[${index}]`;
    if (members.findIndex(({ id }) => id === member.id) !== index)
      return refuse('member-twice', `${member.id} is named twice.`, 'Keep one.', at);
    if (member.capacity !== undefined && !(Number.isInteger(member.capacity) && member.capacity >= 0))
      return refuse(
        'capacity-impossible',
        `${member.capacity} is no capacity.`,
        'Send a whole number of cases, 0 or more, or leave it out for no limit.',
        `${at}.capacity`,
      );
    if (member.absences?.some(({ from, to }) => to < from))
      return refuse(
        'absence-backwards',
        `${member.id}'s absence ends before it begins.`,
        'Send its first day as from, and its last, the same or a later one, as to.',
        `${at}.absences`,
      );
  }
  return undefined;
}

/** Everybody whom a case of the team can belong to. */
export const peopleOf = ({ members, fallbackOwner, supervisor }: Roster): readonly string[] => [
  ...new Set([...members.map(({ id }) => id), fallbackOwner, ...(supervisor === undefined ? [] : [supervisor])]),
];

/** Whether a member may be given new cases on a day. */
export const isPresent = ({ absences = [] }: Member, day: string): boolean =>
  !absences.some(({ from, to }) => from <= day && day <= to);

export const hasSkills = ({ skills = [] }: Member, needed: readonly string[]): boolean =>
  needed.every((skill) => skills.includes(skill));

/** Whoever speaks pt can serve a customer in pt-BR, and the other way round; pt-PT and pt-BR differ. */
export const speaks = ({ languages = [] }: Member, language: string): boolean =>
  languages.some((spoken) => {
    const [one, other] = [spoken, language].map((tag) => `${tag.toLowerCase()}-`) as [string, string];
    return one.startsWith(other) || other.startsWith(one);
  });

export const teamDecider: Decider<Team, TeamCommand, TeamEvent> = {
  initialState: { status: 'none' },
  evolve: (_, event) => ({ status: 'known', roster: event.data }),
  decide,
};

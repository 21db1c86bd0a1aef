import { fact } from '../../event-sourcing/declared-event.js';
import { refuse, type Refusal, through } from '../../event-sourcing/decider.js';
import type { TeamPeople } from '../case/case-context.js';
import { breaking, Breaches } from '../case/breaches.js';
import { changed, inWork, worked } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { notInWork } from '../case/in-work.js';
import { OneOf, Optional, otherwise, Text } from '../vocabulary/fields.js';
import { REPORTERS, SUPERVISORS, WORKERS } from '../vocabulary/roles.js';
import { ASSIGNED_BY, FALLBACK_REASONS } from '../vocabulary/words.js';

const assignment = { owner: Text(), team: Optional(Text()), reason: Optional(Text(2_000)) };

export const CaseAssigned = caseEvent('CaseAssigned', {
  fields: {
    ...assignment,
    by: otherwise('source', OneOf(ASSIGNED_BY)),
    /** Why a fallback owner got it although the rules choose owners. */
    because: Optional(OneOf(FALLBACK_REASONS)),
  },
  apply: (state, { data: { owner, team = state.facts.team } }) => worked(state, owner, { owner, team }),
});

/** Gives a case its first owner. From then on it is handed over, with a reason. */
export const AssignCase = caseCommand('AssignCase', {
  is: 'intention',
  comes: {
    path: 'assignment',
    roles: SUPERVISORS,
    says: 'Give the case an owner',
    example: { owner: 'ana.lopes', reason: 'Speaks Portuguese' },
  },
  fields: assignment,
  needs: ['people'],
  decide({ owner, team, reason }, { facts }, { people }) {
    if (facts.owner === owner && (team === undefined || team === facts.team)) return [];
    if (!inWork(facts)) return notInWork(facts);
    if (facts.owner !== null)
      return refuse(
        'owned-already',
        `The case is ${facts.owner}'s.`,
        through('Hand it off, with a reason.', 'HandOffCase'),
        'owner',
      );
    return nobody(owner, people, 'owner') ?? [fact(CaseAssigned, { owner, team, by: 'person', reason })];
  },
});

const handOver = { toOwner: Text(), toTeam: Optional(Text()), reason: Text(2_000) };

export const CaseHandedOff = caseEvent('CaseHandedOff', {
  fields: {
    fromOwner: Optional(Text()),
    ...handOver,
    /** Why a fallback owner got it although the rules choose owners. */
    because: Optional(OneOf(FALLBACK_REASONS)),
  },
  apply: (state, { data: { toOwner, toTeam = state.facts.team } }) =>
    worked(state, toOwner, { owner: toOwner, team: toTeam }),
});

export const HandOffCase = caseCommand('HandOffCase', {
  is: 'intention',
  comes: {
    path: 'hand-over',
    roles: WORKERS,
    says: 'Hand the case to another person or team',
    example: { toOwner: 'emil.novak', toTeam: 'billing', reason: 'A matter of billing' },
  },
  fields: handOver,
  needs: ['people'],
  decide({ toOwner, toTeam, reason }, { facts }, { people }) {
    if (facts.owner === toOwner && (toTeam === undefined || toTeam === facts.team)) return [];
    if (!inWork(facts)) return notInWork(facts);
    if (reason.trim() === '')
      return refuse(
        'reason-of-hand-off-missing',
        'A case is handed over with a reason.',
        'Say why it goes to somebody else.',
        'reason',
      );
    const handedOff = fact(CaseHandedOff, { fromOwner: facts.owner ?? undefined, toOwner, toTeam, reason });
    return nobody(toOwner, people, 'toOwner') ?? [handedOff];
  },
});

/** By rule, from whoever left the team. What is no longer theirs, or no longer worked on, stays as it is. */
export const HandOnCase = caseCommand('HandOnCase', {
  is: 'intention',
  comes: { inside: 'A reaction to the change of a team hands on what its leavers worked on, by the rules.' },
  fields: { fromOwner: Text(), toOwner: Text(), because: Optional(OneOf(FALLBACK_REASONS)), reason: Text(2_000) },
  decide({ fromOwner, toOwner, because, reason }, { facts }) {
    if (facts.owner !== fromOwner || toOwner === fromOwner || !inWork(facts)) return [];
    return [fact(CaseHandedOff, { fromOwner, toOwner, reason, because })];
  },
});

/** Why a case can't belong to somebody who is not in the team: nobody would see it. */
const nobody = (owner: string, people: TeamPeople | undefined, field: string): Refusal | undefined =>
  people === undefined || people.ids.includes(owner)
    ? undefined
    : refuse(
        'owner-not-in-team',
        `${owner} is not in team ${people.team}.`,
        through(`Choose of ${people.ids.join(', ')}, or have a supervisor add them.`, 'ChangeTeam', {
          team: people.team,
        }),
        field,
      );

const alert = { owner: Text(), channel: Text() };

export const OwnerAlerted = caseEvent('OwnerAlerted', {
  fields: { ...alert, breaches: Breaches },
  apply: (state, { data: { owner, breaches } }) =>
    breaches ? state : changed(state, { alerted: true }, { alertedOwner: owner }),
});

/** An owner is alerted once. An alert to somebody else leaves them to be alerted. */
export const RecordOwnerAlert = caseCommand('RecordOwnerAlert', {
  is: 'fact',
  comes: {
    path: 'alerts',
    roles: REPORTERS,
    says: 'Record that the owner was alerted',
    example: { owner: 'ana.lopes', channel: 'e-mail' },
  },
  fields: alert,
  decide({ owner, channel }, { facts, alertedOwner }) {
    if (alertedOwner === owner) return [];
    const broken = breaking(facts.owner === owner ? undefined : 'alerted-not-owner');
    return [fact(OwnerAlerted, { owner, channel, ...broken })];
  },
});

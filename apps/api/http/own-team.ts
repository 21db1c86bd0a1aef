import type { Filter } from '../../../libs/filter/filter.js';
import { ROLES_THAT_READ_PERSONAL, type Caller } from '../../../libs/platform/auth/roles.js';

/** An agent whose key names a team lists that team's cases. */
export const ofOwnTeam = ({ role, team }: Caller, filter: Filter): Filter =>
  role === 'agent' && team !== undefined ? { $and: [{ team }, filter] } : filter;

/**
 * Who reads a person's words: the roles that work on cases or review them. A key that names a team reads those in cases
 * of the team, and in the caller's own.
 */
export const mayReadPersonal = (
  { role, team, name }: Caller,
  { team: ofTeam, owner }: { readonly team?: unknown; readonly owner?: unknown },
): boolean => ROLES_THAT_READ_PERSONAL.has(role) && (team === undefined || team === ofTeam || name === owner);

/** Why an agent may not see or work on this case: it is another team's, and somebody else owns it. */
export function ofAnotherTeam(
  { role, team, name }: Caller,
  { team: ofTeam, owner }: { readonly team?: unknown; readonly owner?: unknown },
): string | undefined {
  if (role !== 'agent' || team === undefined || team === ofTeam || name === owner) return undefined;
  return `This case is of team ${typeof ofTeam === 'string' ? ofTeam : 'none'}, your key is for ${team}.`;
}

import { DAY_MS } from '../rules/duration.js';
import { isPresent, type Member, type Roster } from '../team/team.js';
import type { TriagedCase } from '../triage/triage.js';
import type { ChosenBy } from '../vocabulary/words.js';

interface CaseWithoutOwner {
  readonly decided: TriagedCase;
  readonly day: string;
  readonly touchpoint?: string;
  readonly roster?: Roster;
  /** By owner. */
  readonly openCases: Readonly<Record<string, number>>;
}

/** The team's cases of the day so far. */
export interface CasesOfDay {
  /** Their number by owner, the owner of the latest case last. */
  readonly byOwner: ReadonlyMap<string, number>;
}

interface Chosen {
  readonly owner: string;
  readonly by: ChosenBy;
}

/**
 * Chooses the owner of a new case: by the rules among the members who are present and below their limit, else the team's
 * fallback owner, else the programme's. So nobody is overloaded, and every case has an owner.
 */
export function chooseOwner(command: CaseWithoutOwner, intake: CasesOfDay): Chosen {
  const { roster, decided } = command;
  const owner = byRule(command, intake);
  if (owner !== undefined) return { owner, by: 'rule' };
  if (roster) return { owner: roster.fallbackOwner, by: 'team-fallback' };
  return { owner: decided.intake.fallbackOwner, by: 'programme-fallback' };
}

function byRule(command: CaseWithoutOwner, intake: CasesOfDay): string | undefined {
  const { decided, day } = command;
  const agents = (command.roster?.members ?? []).filter(({ role }) => role === 'agent');
  const free = agents.filter((member) => isPresent(member, day) && hasRoom(member, load(member.id, command, intake)));
  switch (decided.intake.owner) {
    case 'by-touchpoint':
      return touchpointOwner(command, agents, free) ?? nextInTurn(agents, free, day, intake);
    case 'balanced':
      return leastLoaded(free, command, intake);
    case 'round-robin':
      return nextInTurn(agents, free, day, intake);
    case undefined:
      return undefined;
  }
}

/** Open cases of an owner, with those that this intake just allocated. */
const load = (owner: string, { openCases }: CaseWithoutOwner, { byOwner }: CasesOfDay): number =>
  (Object.hasOwn(openCases, owner) ? (openCases[owner] ?? 0) : 0) + (byOwner.get(owner) ?? 0);

const hasRoom = ({ capacity }: Member, open: number): boolean => capacity === undefined || open < capacity;

/** It skips a member who is away or at their limit; an owner outside the team has no limit. */
function touchpointOwner(
  { decided, touchpoint }: CaseWithoutOwner,
  agents: readonly Member[],
  free: readonly Member[],
): string | undefined {
  const owners = decided.intake.touchpointOwners ?? {};
  const owner = touchpoint !== undefined && Object.hasOwn(owners, touchpoint) ? owners[touchpoint] : undefined;
  const passedOver = agents.some(({ id }) => id === owner) && !free.some(({ id }) => id === owner);
  return passedOver ? undefined : owner;
}

/** The first member with the fewest open cases. */
const leastLoaded = (free: readonly Member[], command: CaseWithoutOwner, intake: CasesOfDay): string | undefined =>
  free
    .map(({ id }) => ({ id, open: load(id, command, intake) }))
    .reduce<{ id: string; open: number } | undefined>(
      (best, next) => (best && best.open <= next.open ? best : next),
      undefined,
    )?.id;

/** The member after the last one. Each day begins one further, or quiet days would all fall to the first member. */
function nextInTurn(
  agents: readonly Member[],
  free: readonly Member[],
  day: string,
  { byOwner }: CasesOfDay,
): string | undefined {
  const last = [...byOwner.keys()].findLast((owner) => agents.some(({ id }) => id === owner));
  const start = last === undefined ? Date.parse(day) / DAY_MS : agents.findIndex(({ id }) => id === last) + 1;
  for (let step = 0; step < agents.length; step++) {
    const candidate = agents[(start + step) % agents.length];
    if (candidate && free.includes(candidate)) return candidate.id;
  }
  return undefined;
}

/** The cases by owner with one more of this owner, the latest. */
export function withCaseOf(owner: string, byOwner: CasesOfDay['byOwner']): CasesOfDay['byOwner'] {
  const after = new Map(byOwner);
  after.delete(owner);
  return after.set(owner, (byOwner.get(owner) ?? 0) + 1);
}

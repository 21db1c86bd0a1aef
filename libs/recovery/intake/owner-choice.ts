import { DAY_MS } from '../rules/duration.js';
import { hasSkills, isPresent, speaks, type Member, type Roster } from '../team/team.js';
import type { ChosenBy, FallbackReason } from '../vocabulary/words.js';
import { workOf, type CasesByOwner, type OpenCases } from './open-cases.js';
import type { OwnerRule } from './owner-rule.js';

interface CaseWithoutOwner {
  readonly rule: OwnerRule;
  readonly day: string;
  readonly touchpoint?: string | undefined;
  readonly roster?: Roster | undefined;
  readonly openCases: OpenCases;
  readonly openToday?: OpenCases | undefined;
  /** Members who do not work at this instant, by their calendars. */
  readonly offHours?: readonly string[] | undefined;
  /** Of the customer's last case, where the rules let them have the next one. */
  readonly lastOwner?: string | undefined;
  /** Who left the team: no rule that still names them gives them anything. */
  readonly left?: readonly string[] | undefined;
}

/** The team's cases of the day so far. */
export interface CasesOfDay {
  readonly byOwner: CasesByOwner;
}

interface Chosen {
  readonly owner: string;
  readonly by: ChosenBy;
  /** Why it fell to the fallback owner although a rule chooses owners. */
  readonly because?: FallbackReason | undefined;
}

/**
 * Chooses the owner of a case: by the rules among the members who suit it, are present and below their limit, else the
 * team's fallback owner, else the programme's. So nobody is overloaded, and every case has an owner.
 */
export function chooseOwner(command: CaseWithoutOwner, intake: CasesOfDay): Chosen {
  const { roster, rule } = command;
  const team = roster?.members.filter(({ role }) => role === 'agent') ?? [];
  const chosen = rule.owner === undefined ? undefined : byRule(command, team, intake);
  if (chosen && 'owner' in chosen) return { owner: chosen.owner, by: 'rule' };
  if (roster) return { owner: roster.fallbackOwner, by: 'team-fallback', ...chosen };
  return { owner: rule.fallbackOwner, by: 'programme-fallback' };
}

function byRule(
  command: CaseWithoutOwner,
  agents: readonly Member[],
  intake: CasesOfDay,
): { readonly owner: string } | { readonly because: FallbackReason } {
  const { rule, day, touchpoint, openCases, openToday, offHours = [], lastOwner, left = [] } = command;
  const works = ({ id }: Member): boolean => !offHours.includes(id);
  const mayWork = (member: Member): boolean =>
    isPresent(member, day) && (rule.workingNow !== 'required' || works(member));
  const hasRoom = ({ id, capacity }: Member): boolean =>
    capacity === undefined || workOf(id, { openCases, openToday, ...intake }, () => 1) < capacity;

  const suited = agents.filter((member) => suits(member, rule));
  const present = suited.filter(mayWork);
  const free = present.filter(hasRoom);
  // Hours weigh more than a language that is only preferred: somebody must be there to begin.
  const atWork = rule.workingNow === 'preferred' ? preferring(free, works) : free;
  const able = rule.speaks?.is === 'preferred' ? preferring(atWork, inLanguage(rule)) : atWork;

  /** Whoever is named suits. An owner outside the team has no limit. */
  const canTake = (named: string): boolean => {
    const member = agents.find(({ id }) => id === named);
    if (!member) return !left.includes(named);
    return mayWork(member) && hasRoom(member) && (works(member) || !able.some(works));
  };
  const owner =
    rule.named?.find(canTake) ??
    free.find((member) => member.id === lastOwner && works(member))?.id ??
    ofTouchpoint(rule, touchpoint).find(canTake) ??
    (rule.owner === 'balanced' ? leastLoaded(able, command, intake) : nextInTurn(able, agents, day, intake));
  if (owner !== undefined) return { owner };
  return { because: suited.length === 0 ? 'nobody-suits' : present.length === 0 ? 'nobody-present' : 'no-room' };
}

const suits = (member: Member, { skills = [], speaks: language }: OwnerRule): boolean =>
  hasSkills(member, skills) && (language?.is !== 'required' || speaks(member, language.language));

const inLanguage =
  ({ speaks: wanted }: OwnerRule) =>
  (member: Member): boolean =>
    wanted === undefined || speaks(member, wanted.language);

/** Those for whom it holds, or all where it holds for nobody. */
const preferring = (members: readonly Member[], holds: (member: Member) => boolean): readonly Member[] => {
  const some = members.filter(holds);
  return some.length > 0 ? some : members;
};

const ofTouchpoint = ({ owner, touchpointOwners: owners = {} }: OwnerRule, touchpoint = ''): readonly string[] =>
  owner === 'by-touchpoint' && Object.hasOwn(owners, touchpoint) ? [owners[touchpoint] ?? ''] : [];

/** The first member with the least open work. */
function leastLoaded(
  able: readonly Member[],
  { rule: { weights = {} }, openCases, openToday }: CaseWithoutOwner,
  { byOwner }: CasesOfDay,
): string | undefined {
  const weightOf = (priority: string): number => (Object.hasOwn(weights, priority) ? (weights[priority] ?? 1) : 1);
  const loads = able.map(({ id }) => ({ id, work: workOf(id, { openCases, openToday, byOwner }, weightOf) }));
  const least = Math.min(...loads.map(({ work }) => work));
  return loads.find(({ work }) => work === least)?.id;
}

/**
 * Whoever got no case today, else whoever got theirs longest ago: so nobody is passed over where others suit more cases.
 * Each day begins one further, or quiet days would all fall to the first member.
 */
function nextInTurn(
  able: readonly Member[],
  agents: readonly Member[],
  day: string,
  { byOwner }: CasesOfDay,
): string | undefined {
  const start = Date.parse(day) / DAY_MS;
  const inTurn = agents.map((_, step) => agents[(start + step) % agents.length]?.id);
  const isAble = (id: string | undefined): boolean => able.some((member) => member.id === id);
  return inTurn.find((id) => isAble(id) && !byOwner.has(id ?? '')) ?? [...byOwner.keys()].find(isAble);
}

import { streamOf } from '../recovery/aggregates.js';
import { instant, isoOf } from '../recovery/fast/instants.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { OwnerRule } from '../recovery/intake/owner-rule.js';
import type { CompiledRules } from '../recovery/rules/compile.js';
import type { Roster } from '../recovery/team/team.js';
import type { Needs, ReactionInputs } from './effect.js';

/** What the intake of a team's day must know to choose an owner. */
export const neededToChoose = (team: string, day: string, owner: OwnerRule['owner']): Needs => {
  // Each change of a team states it whole.
  const needed = { streams: [], lastOf: [streamOf('team', team)] };
  // The intake counts the cases of its own day.
  return owner === undefined ? needed : { ...needed, openCasesBefore: `${day}T00:00:00.000Z` };
};

export const rosterOf = (team: string, { streams }: Pick<ReactionInputs, 'streams'>): Roster | undefined =>
  streams.get(streamOf('team', team))?.findLast((event): event is TeamChanged => event.type === 'TeamChanged')?.data;

type TeamChanged = Extract<RecordedEvent, { type: 'TeamChanged' }>;

/**
 * Who of a team does not work at an instant, where the rules ask for it. Without a calendar somebody works at any time;
 * so does who names one that the rules lack, or a slip of the pen would cut them off from all cases.
 */
export function offHoursOf(
  roster: Roster | undefined,
  { ruleSet, calendars }: Pick<CompiledRules, 'ruleSet' | 'calendars'>,
  when: string,
): readonly string[] | undefined {
  if (ruleSet.triage?.routing?.workingNow === undefined) return undefined;
  const at = instant(when);
  const works = new Map([...calendars].map(([name, calendar]) => [name, calendar.nextWorking(at) === at]));
  return roster?.members
    .filter(({ calendar }) => calendar !== undefined && works.get(calendar) === false)
    .map(({ id }) => id);
}

/** Whose last case may say who gets their next one, where the rules let it. */
export const neededOfCustomers = (
  { routing }: Pick<CompiledRules, 'routing'>,
  at: string,
  customers: readonly string[],
): Pick<Needs, 'lastOwnersOf'> =>
  routing?.lastOwnerMs === undefined
    ? {}
    : { lastOwnersOf: { since: isoOf(instant(at) - routing.lastOwnerMs), customers } };

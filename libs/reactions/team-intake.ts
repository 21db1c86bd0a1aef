import { streamOf } from '../recovery/aggregates.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { CompiledRules } from '../recovery/rules/compile.js';
import type { Roster } from '../recovery/team/team.js';
import type { TriagedCase } from '../recovery/triage/triage.js';
import type { Needs, ReactionInputs } from './effect.js';

type Intake = TriagedCase['intake'];

/** What the intake of a team's day must know to choose an owner. */
export const neededToChoose = (team: string, day: string, { owner }: Intake): Needs => {
  // Each change of a team states it whole.
  const needed = { streams: [], lastOf: [streamOf('team', team)] };
  // The intake counts the cases of its own day.
  return owner === undefined ? needed : { ...needed, openCasesBefore: `${day}T00:00:00.000Z` };
};

export const rosterOf = (team: string, { streams }: Pick<ReactionInputs, 'streams'>): Roster | undefined =>
  streams.get(streamOf('team', team))?.findLast((event): event is TeamChanged => event.type === 'TeamChanged')?.data;

type TeamChanged = Extract<RecordedEvent, { type: 'TeamChanged' }>;

/** How owners are chosen by these rules, without the daily limit: it is the caller's to keep. */
export const withoutLimit = ({ ruleSet: { triage, fallbackOwner } }: Pick<CompiledRules, 'ruleSet'>): Intake => ({
  owner: triage?.owner,
  touchpointOwners: triage?.touchpointOwners,
  fallbackOwner,
});

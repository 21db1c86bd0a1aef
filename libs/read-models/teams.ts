import type { ReadModel } from './inputs.js';
import type { Member } from '../recovery/team/team.js';

export type TeamDocument = {
  readonly team: string;
  readonly name: string;
  readonly members: readonly Member[];
  readonly people: readonly string[];
  readonly fallbackOwner: string;
  readonly supervisor: string | null;
  readonly changedAt: string;
  readonly revision: number;
};

/** Who is in which team, as it was changed last. */
export const teams: ReadModel<TeamDocument> = {
  name: 'teams',
  version: 1,
  reads: [],
  fields: { team: 'string', name: 'string', people: 'strings', fallbackOwner: 'string', supervisor: 'string' },
  indexes: [],
  ofOneStream: true,
  key: ({ stream }) => (stream.startsWith('team-') ? stream.slice('team-'.length) : undefined),
  evolve: {
    TeamChanged: (_, { data, occurredAt, revision }) => ({
      team: data.team,
      name: data.name,
      members: data.members,
      people: data.members.map(({ id }) => id),
      fallbackOwner: data.fallbackOwner,
      supervisor: data.supervisor ?? null,
      changedAt: occurredAt,
      revision,
    }),
  },
};

import type { RecordedOf } from '../event-sourcing/declared-event.js';
import type { TeamChanged } from '../recovery/team/team.js';
import type { ReadModel } from './inputs.js';

const shown = ({ data, occurredAt, revision }: RecordedOf<typeof TeamChanged>) => ({
  team: data.team,
  name: data.name,
  members: data.members,
  people: data.members.map(({ id }) => id),
  fallbackOwner: data.fallbackOwner,
  supervisor: data.supervisor ?? null,
  changedAt: occurredAt,
  revision,
});

/** Who is in which team, as it was changed last. */
export const teams: ReadModel<ReturnType<typeof shown>> = {
  name: 'teams',
  version: 1,
  reads: [],
  fields: { team: 'string', name: 'string', people: 'strings', fallbackOwner: 'string', supervisor: 'string' },
  indexes: [],
  ofOneStream: true,
  key: ({ stream }) => (stream.startsWith('team-') ? stream.slice('team-'.length) : undefined),
  evolve: { TeamChanged: (_, event) => shown(event) },
};

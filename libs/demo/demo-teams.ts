import type { CommandOf } from '../recovery/aggregates.js';

type Team = CommandOf<'team'>;

/** Invented people. */
export const DEMO_TEAMS: readonly Team[] = [
  {
    type: 'ChangeTeam',
    team: 'care',
    name: 'Customer care',
    members: [
      { id: 'ana.lopes', role: 'agent', capacity: 40 },
      { id: 'ben.okoro', role: 'agent', capacity: 40 },
      { id: 'chloe.martin', role: 'agent', capacity: 30 },
      { id: 'deniz.kaya', role: 'agent', capacity: 40 },
      { id: 'sam.fischer', role: 'supervisor', capacity: 10 },
      { id: 'ruth.adler', role: 'approver', capacity: 0 },
    ],
    fallbackOwner: 'sam.fischer',
    supervisor: 'sam.fischer',
  },
  {
    type: 'ChangeTeam',
    team: 'billing',
    name: 'Billing',
    members: [
      { id: 'emil.novak', role: 'agent', capacity: 30 },
      { id: 'fay.chen', role: 'agent', capacity: 30 },
      { id: 'tom.reyes', role: 'supervisor', capacity: 10 },
    ],
    fallbackOwner: 'tom.reyes',
    supervisor: 'tom.reyes',
  },
  {
    type: 'ChangeTeam',
    team: 'deliveries',
    name: 'Deliveries',
    members: [
      { id: 'gus.larsen', role: 'agent', capacity: 30 },
      { id: 'hana.sato', role: 'agent', capacity: 30 },
      { id: 'ines.costa', role: 'supervisor', capacity: 10 },
    ],
    fallbackOwner: 'ines.costa',
    supervisor: 'ines.costa',
  },
];

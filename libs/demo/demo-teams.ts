import type { CommandOf } from '../recovery/aggregates.js';

type Team = CommandOf<'team'>;

/** A team whose supervisor gets the cases that nobody else can take. */
const team = (id: string, name: string, supervisor: string, members: Team['members']): Team => ({
  type: 'ChangeTeam',
  team: id,
  name,
  members,
  fallbackOwner: supervisor,
  supervisor,
});

/** Invented people. */
export const DEMO_TEAMS: readonly Team[] = [
  team('care', 'Customer care', 'sam.fischer', [
    { id: 'ana.lopes', role: 'agent', capacity: 40 },
    { id: 'ben.okoro', role: 'agent', capacity: 40 },
    { id: 'chloe.martin', role: 'agent', capacity: 30 },
    { id: 'deniz.kaya', role: 'agent', capacity: 40 },
    { id: 'sam.fischer', role: 'supervisor', capacity: 10 },
    { id: 'ruth.adler', role: 'approver', capacity: 0 },
  ]),
  team('billing', 'Billing', 'tom.reyes', [
    { id: 'emil.novak', role: 'agent', capacity: 30 },
    { id: 'fay.chen', role: 'agent', capacity: 30 },
    { id: 'tom.reyes', role: 'supervisor', capacity: 10 },
  ]),
  team('deliveries', 'Deliveries', 'ines.costa', [
    { id: 'gus.larsen', role: 'agent', capacity: 30 },
    { id: 'hana.sato', role: 'agent', capacity: 30 },
    { id: 'ines.costa', role: 'supervisor', capacity: 10 },
  ]),
];

import { refuse, type Decision } from '../../event-sourcing/decider.js';
import { event, fact, type EventOf } from '../../event-sourcing/declared-event.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import { command } from '../vocabulary/command.js';
import { identity, Text, Texts } from '../vocabulary/fields.js';
import type { Publication } from '../vocabulary/topics.js';

const CUSTOMERS = 'amends.customers' satisfies Publication;
const Others = identity(Texts(1_000, 200, 1));
const Reason = Text(2_000);

/**
 * On `customer-{id}` of each of them: an operator says that they are one person, whom sources know by several ids. Each
 * keeps their own streams, shard and key, so that it can be taken back.
 */
export const CustomersJoined = event('CustomersJoined', {
  topic: CUSTOMERS,
  fields: { customer: identity(Text()), with: Others, reason: Reason },
});
/** On `customer-{id}` of each of them: they are not the same person after all. */
export const CustomersSeparated = event('CustomersSeparated', {
  topic: CUSTOMERS,
  fields: { customer: identity(Text()), from: Others, reason: Reason },
});

export const JoinCustomers = command('JoinCustomers', {
  is: 'intention',
  comes: { inside: 'It is asked for once for all of them: POST /v1/customers/joins.' },
  fields: CustomersJoined.data.properties,
});
export const SeparateCustomers = command('SeparateCustomers', {
  is: 'intention',
  comes: { inside: 'It is asked for once for all of them: POST /v1/customers/separations.' },
  fields: CustomersSeparated.data.properties,
});

export const FORGOTTEN_STAYS_ALONE = refuse(
  'forgotten-stays-alone',
  'One of these customers was forgotten, and nobody can tell any more who that was.',
  'Leave them as they are.',
  'customers',
);

export function joinCustomers(
  { customer, with: named, reason }: CommandOf<typeof JoinCustomers>,
  joinedWith: readonly string[],
): Decision<EventOf<typeof CustomersJoined>> {
  const others = named.filter((other) => other !== customer && !joinedWith.includes(other));
  if (others.length === 0) return [];
  if (reason.trim() === '')
    return refuse(
      'reason-of-joining-missing',
      'Customers are joined for a reason.',
      'Say by what you know that they are one person.',
      'reason',
    );
  return [fact(CustomersJoined, { customer, with: others, reason })];
}

export function separateCustomers(
  { customer, from, reason }: CommandOf<typeof SeparateCustomers>,
  joinedWith: readonly string[],
): Decision<EventOf<typeof CustomersSeparated>> {
  const others = from.filter((other) => joinedWith.includes(other));
  if (others.length === 0) return [];
  if (reason.trim() === '')
    return refuse(
      'reason-of-separation-missing',
      'Customers are separated for a reason.',
      'Say by what you know that they are not one person.',
      'reason',
    );
  return [fact(CustomersSeparated, { customer, from: others, reason })];
}

/** Whom each is joined with, as each one's own stream says. */
export type Joinings = ReadonlyMap<string, readonly string[]>;

/**
 * All who are one person with this customer, themselves first. Two are where both streams say so: a joining that was cut
 * off between them joins nobody yet.
 */
export function allWhoAre(customer: string, says: Joinings): readonly string[] {
  const all = new Set([customer]);
  for (const one of all) for (const other of says.get(one) ?? []) if (says.get(other)?.includes(one)) all.add(other);
  return [...all];
}

import { event, type EventOf } from '../../event-sourcing/declared-event.js';
import { CustomersJoined, CustomersSeparated } from '../customer/joined-customers.js';
import { Instant, Optional, Text, Texts } from '../vocabulary/fields.js';
import type { Publication } from '../vocabulary/topics.js';

const CUSTOMERS = 'amends.customers' satisfies Publication;
const INSIDE = 'kept-inside' satisfies Publication;

/** On `customer-{id}`: there is contact data of them, in this entry of the vault. */
export const CustomerContactRecorded = event('CustomerContactRecorded', {
  topic: CUSTOMERS,
  fields: { customer: Text(), entry: Text() },
});
/** On `customer-{id}`, as its last. */
export const CustomerForgotten = event('CustomerForgotten', {
  topic: CUSTOMERS,
  fields: { customer: Text(), reason: Text(2_000) },
});
export const CUSTOMER_EVENTS = [
  CustomerContactRecorded,
  CustomersJoined,
  CustomersSeparated,
  CustomerForgotten,
] as const;
export type CustomerEvent = EventOf<(typeof CUSTOMER_EVENTS)[number]>;

/** On `access-{day}`: who read whose personal data. */
export const AccessRecorded = event('AccessRecorded', {
  topic: INSIDE,
  fields: { customer: Optional(Text()), case: Optional(Text()), route: Text(), fields: Texts(1_000) },
});
export type AccessEvent = EventOf<typeof AccessRecorded>;

/** On `store`: the history was put back from a back-up. */
export const HistoryRestored = event('HistoryRestored', {
  topic: INSIDE,
  fields: { backupMadeAt: Instant, lastPosition: Text(), headBefore: Optional(Text()) },
});

import { never, refuse, type Decider, type Decision } from '../../event-sourcing/decider.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import type { Recorded } from '../../event-sourcing/event.js';
import { CustomerContactRecorded, CustomerForgotten, type CustomerEvent } from '../privacy/privacy-events.js';
import { command } from '../vocabulary/command.js';
import { Optional, Texts } from '../vocabulary/fields.js';
import {
  FORGOTTEN_STAYS_ALONE,
  JoinCustomers,
  joinCustomers,
  SeparateCustomers,
  separateCustomers,
} from './joined-customers.js';

/**
 * What history may say of a customer: which entries of the vault hold contact data, who is the same person, and that they
 * were forgotten.
 */
export type Customer =
  | { readonly status: 'known'; readonly entries: readonly string[]; readonly joinedWith: readonly string[] }
  | { readonly status: 'forgotten' };

export const RecordContact = command('RecordContact', {
  is: 'fact',
  comes: { inside: 'Contact data comes with a response, or by PUT /v1/customers/{externalId}/contact.' },
  fields: CustomerContactRecorded.data.properties,
});
export const ForgetCustomer = command('ForgetCustomer', {
  is: 'intention',
  comes: { inside: 'No route leads to it yet.' },
  fields: {
    ...CustomerForgotten.data.properties,
    /** Who is forgotten with them, because they are one person. */
    together: Optional(Texts(1_000)),
  },
});

export const CUSTOMER_COMMANDS = [RecordContact, JoinCustomers, SeparateCustomers, ForgetCustomer] as const;
export type CustomerCommand = CommandOf<(typeof CUSTOMER_COMMANDS)[number]>;

const decide = (asked: CustomerCommand, state: Customer): Decision<CustomerEvent> => {
  const { customer } = asked;
  switch (asked.type) {
    case 'RecordContact': {
      const { entry } = asked;
      if (state.status === 'forgotten')
        return refuse(
          'customer-forgotten',
          'This customer was forgotten, and nothing of theirs is kept any more.',
          'Who comes back is a new customer: use another external id for them.',
        );
      if (state.entries.includes(entry)) return [];
      return [{ type: 'CustomerContactRecorded', data: { customer, entry } }];
    }
    case 'JoinCustomers':
      return state.status === 'forgotten' ? FORGOTTEN_STAYS_ALONE : joinCustomers(asked, state.joinedWith);
    case 'SeparateCustomers':
      return state.status === 'forgotten' ? FORGOTTEN_STAYS_ALONE : separateCustomers(asked, state.joinedWith);
    case 'ForgetCustomer': {
      if (state.status === 'forgotten') return [];
      const { together = [] } = asked;
      const kept = state.joinedWith.filter((other) => !together.includes(other));
      if (kept.length > 0)
        return refuse(
          'forgetting-one-of-several',
          `An operator says that ${kept.join(', ')} is the same person.`,
          'Forget them together, or have an operator separate them first (POST /v1/customers/separations).',
          'together',
        );
      if (asked.reason.trim() === '')
        return refuse(
          'reason-of-forgetting-missing',
          'A customer is forgotten for a reason.',
          'Say on whose wish or by which rule.',
          'reason',
        );
      return [{ type: 'CustomerForgotten', data: { customer, reason: asked.reason } }];
    }
    default:
      return never(asked);
  }
};

const evolve = (state: Customer, event: Recorded<CustomerEvent>): Customer => {
  if (event.type === 'CustomerForgotten') return { status: 'forgotten' };
  if (state.status === 'forgotten')
    throw new Error(`Broken history: ${event.type} in ${event.stream}, forgotten before.`);
  const { entries, joinedWith } = state;
  switch (event.type) {
    case 'CustomerContactRecorded':
      return { ...state, entries: [...entries, event.data.entry] };
    case 'CustomersJoined':
      return { ...state, joinedWith: [...joinedWith, ...event.data.with] };
    case 'CustomersSeparated':
      return { ...state, joinedWith: joinedWith.filter((other) => !event.data.from.includes(other)) };
    default:
      return never(event);
  }
};

export const customerDecider: Decider<Customer, CustomerCommand, CustomerEvent> = {
  initialState: { status: 'known', entries: [], joinedWith: [] },
  evolve,
  decide,
};

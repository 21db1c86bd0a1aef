import { never, refuse, type Decider, type Decision } from '../../event-sourcing/decider.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import type { Recorded } from '../../event-sourcing/event.js';
import { CustomerContactRecorded, CustomerForgotten, type CustomerEvent } from '../privacy/privacy-events.js';
import { command } from '../vocabulary/command.js';

/** What history may say of a customer: which entries of the vault hold contact data, and that they were forgotten. */
export type Customer =
  { readonly status: 'known'; readonly entries: readonly string[] } | { readonly status: 'forgotten' };

export const RecordContact = command('RecordContact', {
  is: 'fact',
  comes: { inside: 'Contact data comes with a response, or by PUT /v1/customers/{externalId}/contact.' },
  fields: CustomerContactRecorded.data.properties,
});
export const ForgetCustomer = command('ForgetCustomer', {
  is: 'intention',
  comes: { inside: 'No route leads to it yet.' },
  fields: CustomerForgotten.data.properties,
});

export const CUSTOMER_COMMANDS = [RecordContact, ForgetCustomer] as const;
export type CustomerCommand = CommandOf<(typeof CUSTOMER_COMMANDS)[number]>;

const decide = (asked: CustomerCommand, state: Customer): Decision<CustomerEvent> => {
  const { customer } = asked;
  switch (asked.type) {
    case 'RecordContact': {
      const { entry } = asked;
      if (state.status === 'forgotten')
        return refuse('customer-forgotten', 'This customer was forgotten, and nothing of theirs is kept any more.');
      if (state.entries.includes(entry)) return [];
      return [{ type: 'CustomerContactRecorded', data: { customer, entry } }];
    }
    case 'ForgetCustomer':
      if (state.status === 'forgotten') return [];
      if (asked.reason.trim() === '')
        return refuse(
          'reason-of-forgetting-missing',
          'Say on whose wish or by which rule they are forgotten.',
          'reason',
        );
      return [{ type: 'CustomerForgotten', data: { customer, reason: asked.reason } }];
    default:
      return never(asked);
  }
};

const evolve = (state: Customer, event: Recorded<CustomerEvent>): Customer => {
  switch (event.type) {
    case 'CustomerContactRecorded':
      if (state.status === 'forgotten')
        throw new Error(`Broken history: contact data in ${event.stream}, forgotten before.`);
      return { status: 'known', entries: [...state.entries, event.data.entry] };
    case 'CustomerForgotten':
      return { status: 'forgotten' };
    default:
      return never(event);
  }
};

export const customerDecider: Decider<Customer, CustomerCommand, CustomerEvent> = {
  initialState: { status: 'known', entries: [] },
  evolve,
  decide,
};

import { never, refuse, type Decider, type Decision } from '../../event-sourcing/decider.js';
import type { Recorded } from '../../event-sourcing/event.js';
import type { CustomerEvent } from '../privacy/privacy-events.js';

/** What history may say of a customer: which entries of the vault hold contact data, and that they were forgotten. */
export type Customer =
  { readonly status: 'known'; readonly entries: readonly string[] } | { readonly status: 'forgotten' };

export type CustomerCommand =
  | { type: 'RecordContact'; customer: string; entry: string }
  | { type: 'ForgetCustomer'; customer: string; reason: string };

const decide = (command: CustomerCommand, state: Customer): Decision<CustomerEvent> => {
  const { customer } = command;
  switch (command.type) {
    case 'RecordContact': {
      const { entry } = command;
      if (state.status === 'forgotten')
        return refuse('customer-forgotten', 'This customer was forgotten, and nothing of theirs is kept any more.');
      if (state.entries.includes(entry)) return [];
      return [{ type: 'CustomerContactRecorded', data: { customer, entry } }];
    }
    case 'ForgetCustomer':
      if (state.status === 'forgotten') return [];
      if (command.reason.trim() === '')
        return refuse(
          'reason-of-forgetting-missing',
          'Say on whose wish or by which rule they are forgotten.',
          'reason',
        );
      return [{ type: 'CustomerForgotten', data: { customer, reason: command.reason } }];
    default:
      return never(command);
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

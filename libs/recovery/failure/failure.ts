import { refuse, type Decider, type Decision } from '../../event-sourcing/decider.js';
import { stated } from '../../event-sourcing/stated.js';
import type { FailureEvent } from './failure-events.js';

export type Failure = { readonly status: 'none' } | { readonly status: 'reported' };
export type FailureCommand = { type: 'ReportOperationalFailure' } & FailureEvent['data'];

const decide = (command: FailureCommand, state: Failure): Decision<FailureEvent> => {
  if (state.status === 'reported') return [];
  const { type: _, ...failure } = command;
  const customers = [...new Set(failure.customers)];
  if (customers.length === 0)
    return refuse('failure-touches-nobody', 'Name the customers whom the failure touched.', 'customers');
  return [{ type: 'OperationalFailureReported', data: stated({ ...failure, customers }) }];
};

export const failureDecider: Decider<Failure, FailureCommand, FailureEvent> = {
  initialState: { status: 'none' },
  evolve: () => ({ status: 'reported' }),
  decide,
};

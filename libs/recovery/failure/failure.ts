import { refuse, type Decider, type Decision } from '../../event-sourcing/decider.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import { event, type EventOf } from '../../event-sourcing/declared-event.js';
import { stated } from '../../event-sourcing/stated.js';
import { command } from '../vocabulary/command.js';
import { identity, Optional, Personal, Text, Texts } from '../vocabulary/fields.js';
import type { Publication } from '../vocabulary/topics.js';

/** On `failure-{id}`: one thing went wrong and touched many customers; each gets a response that points here. */
export const OperationalFailureReported = event('OperationalFailureReported', {
  topic: 'amends.responses' satisfies Publication,
  fields: {
    failure: identity(Text()),
    /** Such as delay, outage, defect, billing. */
    kind: Text(100),
    touchpoint: Optional(Text()),
    product: Optional(Text()),
    description: Optional(Personal),
    customers: Texts(5_000, 200, 1),
  },
});
export type FailureEvent = EventOf<typeof OperationalFailureReported>;

export const ReportOperationalFailure = command('ReportOperationalFailure', {
  is: 'fact',
  comes: { inside: 'A failure comes in under its source’s own ids (POST /v1/failures), which lead to ours.' },
  fields: OperationalFailureReported.data.properties,
});

export type Failure = { readonly status: 'none' } | { readonly status: 'reported' };
export type FailureCommand = CommandOf<typeof ReportOperationalFailure>;

const decide = ({ type: _, ...failure }: FailureCommand, state: Failure): Decision<FailureEvent> => {
  if (state.status === 'reported') return [];
  const customers = [...new Set(failure.customers)];
  if (customers.length === 0)
    return refuse(
      'failure-touches-nobody',
      'A failure touches somebody.',
      'Name the customers whom it touched.',
      'customers',
    );
  return [{ type: 'OperationalFailureReported', data: stated({ ...failure, customers }) }];
};

export const failureDecider: Decider<Failure, FailureCommand, FailureEvent> = {
  initialState: { status: 'none' },
  evolve: () => ({ status: 'reported' }),
  decide,
};

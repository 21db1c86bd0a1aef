import type { PersonalText } from '../../event-sourcing/sealed.js';

// Stored for good: a new meaning is a new event, a new shape is an upcast.

/** On `failure-{id}`: one thing went wrong and touched many customers; each gets a response that points here. */
export type FailureEvent = {
  type: 'OperationalFailureReported';
  data: {
    failure: string;
    kind: string;
    touchpoint?: string;
    product?: string;
    description?: PersonalText;
    customers: readonly string[];
  };
};

import { fact } from '../../event-sourcing/declared-event.js';
import { refuse } from '../../event-sourcing/decider.js';
import { changed } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { Money, Optional, Personal, Text } from '../vocabulary/fields.js';
import { REPORTERS } from '../vocabulary/roles.js';

const sale = { value: Optional(Money), description: Optional(Personal) };

export const SaleRecorded = caseEvent('SaleRecorded', { fields: sale, importable: false });

export const RecordSale = caseCommand('RecordSale', {
  is: 'fact',
  comes: {
    path: 'sales',
    roles: REPORTERS,
    says: 'Record a sale that the case led to',
    example: { value: { amount: 12900, currency: 'EUR' }, description: 'A larger plan' },
  },
  fields: sale,
  decide({ value, description }) {
    if (value && !(Number.isSafeInteger(value.amount) && value.amount >= 0))
      return refuse(
        'sale-not-in-minor-units',
        'A part of a cent is no amount.',
        'Send a whole number of minor units (cents), 0 or more.',
        'value.amount',
      );
    return [fact(SaleRecorded, { value, description })];
  },
});

const fields = { reason: Optional(Text(2_000)) };
const example = { reason: 'Told us on the phone' };

export const CustomerLost = caseEvent('CustomerLost', {
  fields,
  apply: (state) => changed(state, {}, { customerOutcome: 'lost' }),
});

/** The last word on whether the customer stayed stands: a lost one may be won back, and a kept one lost. */
export const RecordCustomerLost = caseCommand('RecordCustomerLost', {
  is: 'fact',
  comes: { path: 'customer-lost', roles: REPORTERS, says: 'Record that the customer left', example },
  fields,
  decide: ({ reason }, { customerOutcome }) => (customerOutcome === 'lost' ? [] : [fact(CustomerLost, { reason })]),
});

export const CustomerKept = caseEvent('CustomerKept', {
  fields,
  apply: (state) => changed(state, {}, { customerOutcome: 'kept' }),
});

export const RecordCustomerKept = caseCommand('RecordCustomerKept', {
  is: 'fact',
  comes: { path: 'customer-kept', roles: REPORTERS, says: 'Record that the customer stayed', example },
  fields,
  decide: ({ reason }, { customerOutcome }) => (customerOutcome === 'kept' ? [] : [fact(CustomerKept, { reason })]),
});

import { refuse, type Decision } from '../../event-sourcing/decider.js';
import type { CaseCommandOf } from '../case/case-commands.js';
import type { CaseContext } from '../case/case-context.js';
import type { CaseEvent } from '../case/case-events.js';
import { recordedBy, type OpenedCase } from '../case/case-state.js';
import { stated } from '../../event-sourcing/stated.js';

export function recordSale(
  { value, description }: CaseCommandOf<'RecordSale'>,
  { file }: OpenedCase,
  { commandId }: CaseContext,
): Decision<CaseEvent> {
  if (recordedBy(file, commandId)) return [];
  if (value && !(Number.isSafeInteger(value.amount) && value.amount >= 0))
    return refuse(
      'sale-not-in-minor-units',
      'A sale is a whole number of minor units (cents), 0 or more.',
      'value.amount',
    );
  return [{ type: 'SaleRecorded', data: stated({ value, description }) }];
}

/** The last word on whether the customer stayed stands: a lost one may be won back, and a kept one lost. */
export const recordCustomerLost = (
  { reason }: CaseCommandOf<'RecordCustomerLost'>,
  { file }: OpenedCase,
): Decision<CaseEvent> => (file.customerOutcome === 'lost' ? [] : [{ type: 'CustomerLost', data: stated({ reason }) }]);

export const recordCustomerKept = (
  { reason }: CaseCommandOf<'RecordCustomerKept'>,
  { file }: OpenedCase,
): Decision<CaseEvent> => (file.customerOutcome === 'kept' ? [] : [{ type: 'CustomerKept', data: stated({ reason }) }]);

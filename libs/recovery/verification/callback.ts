import { refuse, type Decision } from '../../event-sourcing/decider.js';
import type { CaseCommandOf } from '../case/case-commands.js';
import type { CaseContext } from '../case/case-context.js';
import type { CaseEvent } from '../case/case-events.js';
import { recordedBy, type OpenedCase } from '../case/case-state.js';
import { stated } from '../../event-sourcing/stated.js';

/** A person asks the customer of an approved case how it went. */
export function recordCallback(
  { outcome, satisfied, note }: CaseCommandOf<'RecordCallback'>,
  state: OpenedCase,
  { commandId }: CaseContext,
): Decision<CaseEvent> {
  if (recordedBy(state.file, commandId)) return [];
  if (state.status !== 'approved')
    return refuse('callback-before-approval', `Only approved cases are called back; this one is ${state.status}.`);
  if (satisfied !== undefined && outcome !== 'reached')
    return refuse(
      'satisfied-unreached',
      'Whether the customer is satisfied is known only if they were reached.',
      'satisfied',
    );
  return [{ type: 'CallbackRecorded', data: stated({ outcome, satisfied, note }) }];
}

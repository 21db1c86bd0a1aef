import { refuse, type Decision } from '../../event-sourcing/decider.js';
import type { CaseCommandOf } from '../case/case-commands.js';
import type { CaseContext } from '../case/case-context.js';
import type { CaseEvent } from '../case/case-events.js';
import { recordedBy, type OpenedCase } from '../case/case-state.js';
import { notInWork } from '../case/in-work.js';
import { stated } from '../../event-sourcing/stated.js';

/** The customer was told that we have it: once a cycle. */
export function acknowledgeCase(
  { channel, automatic }: CaseCommandOf<'AcknowledgeCase'>,
  state: OpenedCase,
): Decision<CaseEvent> {
  if (state.file.acknowledged) return [];
  if (state.status === 'approved') return notInWork(state);
  return [{ type: 'CaseAcknowledged', data: { channel, automatic: automatic ?? false } }];
}

export function sendProgressUpdate(
  { channel, message }: CaseCommandOf<'SendProgressUpdate'>,
  state: OpenedCase,
  { commandId }: CaseContext,
): Decision<CaseEvent> {
  if (recordedBy(state.file, commandId)) return [];
  if (state.status === 'approved')
    return refuse('no-progress-left', 'The case is approved: tell the customer what was done instead.');
  return [{ type: 'ProgressUpdateSent', data: stated({ channel, message }) }];
}

/** What was done is told once it is approved: before, it may still be returned. This closes the loop. */
export function informCustomer(
  { channel, message }: CaseCommandOf<'InformCustomer'>,
  state: OpenedCase,
): Decision<CaseEvent> {
  if (state.file.informed) return [];
  if (state.status !== 'approved')
    return refuse(
      'not-approved-yet',
      `The case is ${state.status}. Tell the customer what was done once it is approved.`,
    );
  return [{ type: 'CustomerInformed', data: stated({ channel, message }) }];
}

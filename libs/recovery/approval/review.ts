import { refuse, type Decision } from '../../event-sourcing/decider.js';
import type { CaseCommandOf } from '../case/case-commands.js';
import type { CaseContext } from '../case/case-context.js';
import type { CaseEvent } from '../case/case-events.js';
import type { OpenedCase } from '../case/case-state.js';
import { stated } from '../../event-sourcing/stated.js';
import { sameEyes } from './four-eyes.js';

export function approveCase(
  { note }: CaseCommandOf<'ApproveCase'>,
  state: OpenedCase,
  context: CaseContext,
): Decision<CaseEvent> {
  if (state.status === 'approved') return [];
  if (!inReview(state)) return nothingToReview(state);
  return sameEyes(state.file, context) ?? [{ type: 'CaseApproved', data: stated({ note }) }];
}

export function returnCase(
  { reason }: CaseCommandOf<'ReturnCase'>,
  state: OpenedCase,
  context: CaseContext,
): Decision<CaseEvent> {
  if (!inReview(state)) return nothingToReview(state);
  if (reason.trim() === '')
    return refuse('reason-of-return-missing', 'Say what is to be done before the case comes back.', 'reason');
  return sameEyes(state.file, context) ?? [{ type: 'CaseReturned', data: { reason } }];
}

/** Cases given up are reviewed like any other. */
const inReview = ({ status }: OpenedCase): boolean => status === 'submitted' || status === 'given-up';

const nothingToReview = ({ status }: OpenedCase) =>
  refuse(
    'not-in-review',
    `The case is ${status}, so there is nothing to review. It must be submitted or given up first.`,
  );

import { fact } from '../../event-sourcing/declared-event.js';
import { refuse, through } from '../../event-sourcing/decider.js';
import type { CaseFacts } from '../case/case-facts.js';
import { changed } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { Optional, Personal, Text } from '../vocabulary/fields.js';
import { REVIEWERS } from '../vocabulary/roles.js';
import { ownWork } from './four-eyes.js';

export const CaseApproved = caseEvent('CaseApproved', {
  fields: { note: Optional(Personal) },
  apply: (state, { occurredAt }) =>
    changed(state, { status: 'approved', waitingOn: null, approved: true }, { approvedAt: occurredAt }),
});

export const ApproveCase = caseCommand('ApproveCase', {
  is: 'intention',
  comes: {
    path: 'approval',
    roles: [...REVIEWERS, 'agent'],
    says: 'Approve the case; refused to everybody who worked on it',
    example: { note: 'Well done' },
  },
  fields: { note: Optional(Personal) },
  decide({ note }, state, context) {
    if (state.facts.status === 'approved') return [];
    if (!inReview(state.facts)) return nothingToReview(state.facts);
    return ownWork(state, context) ?? [fact(CaseApproved, { note })];
  },
});

export const CaseReturned = caseEvent('CaseReturned', {
  fields: { reason: Text(2_000) },
  apply: (state) => changed(state, { status: 'open', waitingOn: null, resolved: false }),
});

export const ReturnCase = caseCommand('ReturnCase', {
  is: 'intention',
  comes: {
    path: 'return',
    roles: [...REVIEWERS, 'agent'],
    says: 'Return the case to its owner; refused to everybody who worked on it',
    example: { reason: 'What was refunded is missing' },
  },
  fields: { reason: Text(2_000) },
  decide({ reason }, state, context) {
    if (!inReview(state.facts)) return nothingToReview(state.facts);
    if (reason.trim() === '')
      return refuse(
        'reason-of-return-missing',
        'A case is returned with a reason.',
        'Say what is to be done before it comes back.',
        'reason',
      );
    return ownWork(state, context) ?? [fact(CaseReturned, { reason })];
  },
});

/** Cases given up are reviewed like any other. */
const inReview = ({ status }: CaseFacts): boolean => status === 'submitted' || status === 'given-up';

const nothingToReview = ({ status }: CaseFacts) =>
  refuse(
    'not-in-review',
    `The case is ${status}, so there is nothing to review.`,
    through('It must be submitted or given up first.', ['SubmitCase', 'GiveUpCase']),
  );

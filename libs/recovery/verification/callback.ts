import { fact } from '../../event-sourcing/declared-event.js';
import { refuse } from '../../event-sourcing/decider.js';
import { changed } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { ANSWERED } from '../contact/replies.js';
import { Flag, OneOf, Optional, Personal } from '../vocabulary/fields.js';
import { REVIEWERS } from '../vocabulary/roles.js';
import { CONTACT_OUTCOMES } from '../vocabulary/words.js';

const fields = { outcome: OneOf(CONTACT_OUTCOMES), satisfied: Optional(Flag), note: Optional(Personal) };

export const CallbackRecorded = caseEvent('CallbackRecorded', {
  fields,
  apply: (state, { data: { outcome } }) => (outcome === 'reached' ? changed(state, ANSWERED) : state),
});

/** A person asks the customer of an approved case how it went. */
export const RecordCallback = caseCommand('RecordCallback', {
  comes: {
    path: 'callbacks',
    roles: [...REVIEWERS, 'agent'],
    says: 'Record a call to verify an approved case',
    example: { outcome: 'reached', satisfied: true },
  },
  fields,
  decide({ outcome, satisfied, note }, { facts: { status } }) {
    if (status !== 'approved')
      return refuse('callback-before-approval', `Only approved cases are called back; this one is ${status}.`);
    if (satisfied !== undefined && outcome !== 'reached')
      return refuse(
        'satisfied-unreached',
        'Whether the customer is satisfied is known only if they were reached.',
        'satisfied',
      );
    return [fact(CallbackRecorded, { outcome, satisfied, note })];
  },
});

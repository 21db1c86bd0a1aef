import { fact } from '../../event-sourcing/declared-event.js';
import { refuse } from '../../event-sourcing/decider.js';
import { breaking, Breaches } from '../case/breaches.js';
import { changed } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { ANSWERED } from '../contact/replies.js';
import { Flag, OneOf, Optional, Personal } from '../vocabulary/fields.js';
import { REVIEWERS } from '../vocabulary/roles.js';
import { CONTACT_OUTCOMES } from '../vocabulary/words.js';

const fields = { outcome: OneOf(CONTACT_OUTCOMES), satisfied: Optional(Flag), note: Optional(Personal) };

export const CallbackRecorded = caseEvent('CallbackRecorded', {
  fields: { ...fields, breaches: Breaches },
  apply: (state, { data: { outcome } }) => (outcome === 'reached' ? changed(state, ANSWERED) : state),
});

/** A person asks the customer of an approved case how it went. */
export const RecordCallback = caseCommand('RecordCallback', {
  is: 'fact',
  comes: {
    path: 'callbacks',
    roles: [...REVIEWERS, 'agent'],
    says: 'Record a call to verify an approved case',
    example: { outcome: 'reached', satisfied: true },
  },
  fields,
  decide({ outcome, satisfied, note }, { facts: { status } }) {
    if (satisfied !== undefined && outcome !== 'reached')
      return refuse(
        'satisfied-unreached',
        'Whether the customer is satisfied is known only if they were reached.',
        'Leave it out, or send the outcome reached.',
        'satisfied',
      );
    const broken = breaking(status === 'approved' ? undefined : 'callback-before-approval');
    return [fact(CallbackRecorded, { outcome, satisfied, note, ...broken })];
  },
});

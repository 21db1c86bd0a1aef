import { fact } from '../../event-sourcing/declared-event.js';
import { refuse, through } from '../../event-sourcing/decider.js';
import { changed } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { Optional, Text } from '../vocabulary/fields.js';
import { WORKERS } from '../vocabulary/roles.js';

const fields = { priority: Text(), reason: Optional(Text(2_000)) };

export const CasePriorityChanged = caseEvent('CasePriorityChanged', {
  fields,
  apply: (state, { data: { priority } }) => changed(state, { priority }),
});

export const ChangePriority = caseCommand('ChangePriority', {
  is: 'intention',
  comes: {
    path: 'priority',
    roles: WORKERS,
    says: 'Change the priority',
    example: { priority: 'high', reason: 'A wedding on Saturday' },
  },
  fields,
  decide({ priority, reason }, { facts }) {
    if (facts.priority === priority) return [];
    if (facts.status === 'approved')
      return refuse(
        'priority-of-closed',
        'The case is approved, so its priority stands.',
        through('Reopen it first.', 'ReopenCase'),
      );
    return [fact(CasePriorityChanged, { priority, reason })];
  },
});

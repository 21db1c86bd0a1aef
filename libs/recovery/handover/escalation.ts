import { fact } from '../../event-sourcing/declared-event.js';
import { refuse } from '../../event-sourcing/decider.js';
import { stated } from '../../event-sourcing/stated.js';
import { changed } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { notInWork } from '../case/in-work.js';
import { Optional, Text } from '../vocabulary/fields.js';
import { WORKERS } from '../vocabulary/roles.js';

const fields = { to: Text(), reason: Text(2_000), target: Optional(Text()) };

export const CaseEscalated = caseEvent('CaseEscalated', {
  fields,
  apply: (state, { data: { to, target } }) => {
    const escalation = stated({ cycle: state.facts.cycle, to, target });
    return changed(state, { escalated: true }, { escalations: [...state.escalations, escalation] });
  },
});

/** By hand, or because a target was missed. Once for each recipient, target and cycle; a review may be late too. */
export const EscalateCase = caseCommand('EscalateCase', {
  is: 'intention',
  comes: {
    path: 'escalation',
    roles: WORKERS,
    says: 'Escalate the case',
    example: { to: 'sam.fischer', reason: 'The customer asked for it' },
  },
  fields,
  decide({ to, reason, target }, { facts, escalations }) {
    if (escalations.some((done) => done.cycle === facts.cycle && done.to === to && done.target === target)) return [];
    if (facts.status === 'approved') return notInWork(facts);
    if (reason.trim() === '')
      return refuse(
        'reason-of-escalation-missing',
        'An escalation has a reason.',
        'Say why the case is escalated.',
        'reason',
      );
    return [fact(CaseEscalated, { to, reason, target })];
  },
});

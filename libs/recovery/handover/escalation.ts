import { refuse, type Decision } from '../../event-sourcing/decider.js';
import type { CaseCommandOf } from '../case/case-commands.js';
import type { CaseEvent } from '../case/case-events.js';
import type { OpenedCase } from '../case/case-state.js';
import { notInWork } from '../case/in-work.js';
import { stated } from '../../event-sourcing/stated.js';

/** By hand, or because a target was missed. Once for each recipient, target and cycle; a review may be late too. */
export function escalateCase(
  { to, reason, target }: CaseCommandOf<'EscalateCase'>,
  state: OpenedCase,
): Decision<CaseEvent> {
  const { cycle, escalations } = state.file;
  if (escalations.some((done) => done.cycle === cycle && done.to === to && done.target === target)) return [];
  if (state.status === 'approved') return notInWork(state);
  if (reason.trim() === '') return refuse('reason-of-escalation-missing', 'Say why the case is escalated.', 'reason');
  return [{ type: 'CaseEscalated', data: stated({ to, reason, target }) }];
}

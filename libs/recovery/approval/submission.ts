import { refuse, type Decision, type Refusal } from '../../event-sourcing/decider.js';
import type { CaseCommandOf } from '../case/case-commands.js';
import type { CaseContext } from '../case/case-context.js';
import type { CaseEvent } from '../case/case-events.js';
import type { CaseFile, OpenedCase } from '../case/case-state.js';
import { inWork } from '../case/case-state.js';
import { notInWork } from '../case/in-work.js';
import { stated } from '../../event-sourcing/stated.js';

export function submitCase(
  { summary }: CaseCommandOf<'SubmitCase'>,
  state: OpenedCase,
  { rules }: CaseContext,
): Decision<CaseEvent> {
  if (state.status === 'submitted') return [];
  if (!inWork(state)) return notInWork(state);
  if (state.status === 'paused')
    return refuse('paused', `The case waits on ${state.waitingOn}. Resume it before submitting it.`);
  return (
    missing(state.file, rules?.ruleSet.approval?.requires ?? []) ?? [
      { type: 'CaseSubmitted', data: stated({ summary }) },
    ]
  );
}

/** What the review would miss: always a root cause and no offer left hanging, and what the rules ask beside. */
function missing(file: CaseFile, requires: readonly string[]): Refusal | undefined {
  const attempted = file.attempts.some(({ cycle }) => cycle === file.cycle);
  const offers = file.offers.filter(({ cycle }) => cycle === file.cycle);
  if (!file.rootCause) return refuse('root-cause-missing', 'Identify the root cause before submitting the case.');
  if (offers.some(({ standing, answer }) => standing === 'pending' && answer === undefined))
    return refuse('offer-hanging', 'An offer waits for a supervisor to authorise it. Settle that before submitting.');
  if (requires.includes('contact') && !attempted)
    return refuse('contact-missing', 'The rules ask for a contact attempt before a case is submitted. Log one.');
  if (requires.includes('offer') && offers.length === 0)
    return refuse('offer-missing', 'The rules ask for an offer (an apology is one) before a case is submitted.');
  if (requires.includes('customer-answer') && !offers.some(({ answer }) => answer !== undefined))
    return refuse('customer-answer-missing', 'The rules ask for the customer’s answer to an offer. Record it first.');
  return undefined;
}

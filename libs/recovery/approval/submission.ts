import { fact } from '../../event-sourcing/declared-event.js';
import { refuse, type Refusal } from '../../event-sourcing/decider.js';
import { inWork, worked, type OpenedCase } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { notInWork } from '../case/in-work.js';
import { Optional, Personal } from '../vocabulary/fields.js';
import { WORKERS } from '../vocabulary/roles.js';

export const CaseSubmitted = caseEvent('CaseSubmitted', {
  fields: { summary: Optional(Personal) },
  apply: (state, { actor }) => worked(state, actor.id, { status: 'submitted', waitingOn: null, resolved: true }),
});

export const SubmitCase = caseCommand('SubmitCase', {
  is: 'intention',
  comes: {
    path: 'submission',
    roles: WORKERS,
    says: 'Submit the case for approval',
    example: { summary: 'Charged twice; refunded, and billing told.' },
  },
  fields: { summary: Optional(Personal) },
  decide({ summary }, state, { rules }) {
    const { facts } = state;
    if (facts.status === 'submitted') return [];
    if (!inWork(facts)) return notInWork(facts);
    if (facts.status === 'paused')
      return refuse('paused', `The case waits on ${facts.waitingOn}. Resume it before submitting it.`);
    const refusal = missing(state, rules?.ruleSet.approval?.requires ?? []);
    return refusal ?? [fact(CaseSubmitted, { summary })];
  },
});

/** What the review would miss: always this cycle's root cause and no offer left hanging, and what the rules ask beside. */
function missing({ facts, cause, offers: made }: OpenedCase, requires: readonly string[]): Refusal | undefined {
  const offers = made.filter(({ cycle }) => cycle === facts.cycle);
  if (!facts.rootCause && cause)
    return refuse(
      'root-cause-not-confirmed',
      `The case was reopened since its root cause was identified. Identify "${cause.path.join(' > ')}" again, or another one.`,
    );
  if (!facts.rootCause) return refuse('root-cause-missing', 'Identify the root cause before submitting the case.');
  const hanging = offers.find(({ standing, answer }) => standing === 'pending' && answer !== 'declined');
  if (hanging)
    return refuse(
      'offer-hanging',
      `Offer ${hanging.id} waits for a supervisor, who authorises it (POST /v1/cases/{id}/offers/${hanging.id}/authorisation) or withdraws the event that made it (POST /v1/cases/{id}/corrections).`,
    );
  if (requires.includes('contact') && !facts.attempted)
    return refuse('contact-missing', 'The rules ask for a contact attempt before a case is submitted. Log one.');
  if (requires.includes('offer') && offers.length === 0)
    return refuse('offer-missing', 'The rules ask for an offer (an apology is one) before a case is submitted.');
  if (requires.includes('customer-answer') && !offers.some(({ answer }) => answer !== undefined))
    return refuse('customer-answer-missing', 'The rules ask for the customer’s answer to an offer. Record it first.');
  return undefined;
}

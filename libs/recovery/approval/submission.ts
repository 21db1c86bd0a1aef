import { fact } from '../../event-sourcing/declared-event.js';
import { refuse, type Refusal, through } from '../../event-sourcing/decider.js';
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
      return refuse(
        'paused',
        `The case waits on ${facts.waitingOn}.`,
        through('Resume it before submitting it.', 'ResumeCase'),
      );
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
      'The case was reopened since its root cause was identified.',
      through(`Identify "${cause.path.join(' > ')}" again, or another one.`, 'IdentifyRootCause'),
    );
  if (!facts.rootCause)
    return refuse(
      'root-cause-missing',
      'The case has no root cause.',
      through('Identify it before submitting the case.', 'IdentifyRootCause'),
    );
  const hanging = offers.find(({ standing, answer }) => standing === 'pending' && answer !== 'declined');
  if (hanging)
    return refuse(
      'offer-hanging',
      `Offer ${hanging.id} waits for a supervisor.`,
      through(
        'Have a supervisor authorise it, or withdraw the event that made it.',
        ['AuthoriseOffer', 'CorrectEvent'],
        { offer: hanging.id },
      ),
    );
  if (requires.includes('contact') && !facts.attempted)
    return refuse(
      'contact-missing',
      'The rules ask for a contact attempt before a case is submitted.',
      through('Log one.', 'LogContactAttempt'),
    );
  if (requires.includes('offer') && offers.length === 0)
    return refuse(
      'offer-missing',
      'The rules ask for an offer before a case is submitted.',
      through('Make one: an apology is one.', 'OfferResolution'),
    );
  if (requires.includes('customer-answer') && !offers.some(({ answer }) => answer !== undefined))
    return refuse(
      'customer-answer-missing',
      'The rules ask for the customer’s answer to an offer.',
      through('Record it first: that there was none is one.', 'AnswerOffer'),
    );
  return undefined;
}

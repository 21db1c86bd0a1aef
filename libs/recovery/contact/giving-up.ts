import { fact } from '../../event-sourcing/declared-event.js';
import { refuse, type Refusal, through } from '../../event-sourcing/decider.js';
import type { CaseContext } from '../case/case-context.js';
import { inWork, worked, type OpenedCase } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { notInWork } from '../case/in-work.js';
import { OneOf, Optional, Personal } from '../vocabulary/fields.js';
import { WORKERS } from '../vocabulary/roles.js';
import { GIVE_UP_REASONS } from '../vocabulary/words.js';
import { tries } from './contact-attempts.js';

const fields = { reason: OneOf(GIVE_UP_REASONS), note: Optional(Personal) };

export const CaseGivenUp = caseEvent('CaseGivenUp', {
  fields,
  apply: (state, { actor, data: { reason } }) =>
    worked(state, actor.id, { status: 'given-up', waitingOn: null, resolved: true }, { givenUpBecause: reason }),
});

/** The last resort: after the tries that the rules demand, or because the customer refused contact. */
export const GiveUpCase = caseCommand('GiveUpCase', {
  is: 'intention',
  comes: {
    path: 'give-up',
    roles: WORKERS,
    says: 'Give the case up after the tries that the rules demand',
    example: { reason: 'unreachable', note: 'Three tries, two channels' },
  },
  fields,
  decide({ reason, note }, state, context) {
    const { facts, givenUpBecause } = state;
    if (facts.status === 'given-up' && givenUpBecause === reason) return [];
    if (!inWork(facts)) return notInWork(facts);
    const obstacle = reason === 'unreachable' ? notTriedEnough(state, context) : notRefused(state);
    return obstacle ?? [fact(CaseGivenUp, { reason, note })];
  },
});

function notTriedEnough({ facts, attempts }: OpenedCase, { rules }: CaseContext): Refusal | undefined {
  if (facts.contacted)
    return refuse(
      'customer-was-reached',
      'The customer was reached, so the case goes on.',
      through('Resolve and submit it.', 'SubmitCase'),
    );
  const demanded = rules?.ruleSet.contact?.tries ?? 1;
  const made = tries(attempts, facts.cycle, rules).length;
  if (made >= demanded) return undefined;
  return refuse(
    'tries-missing',
    `${made} of ${demanded} tries count; ${demanded - made} missing.`,
    through(`Try again.${howTheyCount(rules)}`, 'LogContactAttempt'),
  );
}

function howTheyCount(rules: CaseContext['rules']): string {
  const { spacing, hours } = rules?.ruleSet.contact ?? {};
  const apart = spacing === undefined ? '' : ` ${spacing} or more apart`;
  const within = hours === undefined ? '' : ` within the hours of "${hours}"`;
  return apart + within === '' ? '' : ` Tries count${within}${apart && within ? ',' : ''}${apart}.`;
}

function notRefused({ facts, attempts }: OpenedCase): Refusal | undefined {
  if (attempts.some(({ cycle, outcome }) => cycle === facts.cycle && outcome === 'refused')) return undefined;
  return refuse(
    'contact-not-refused',
    'No attempt is on record in which the customer refused contact.',
    through('Log it, or go on trying.', 'LogContactAttempt'),
  );
}

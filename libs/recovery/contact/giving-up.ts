import { refuse, type Decision, type Refusal } from '../../event-sourcing/decider.js';
import type { CaseCommandOf } from '../case/case-commands.js';
import type { CaseContext } from '../case/case-context.js';
import type { CaseEvent } from '../case/case-events.js';
import { inWork, type OpenedCase } from '../case/case-state.js';
import { notInWork } from '../case/in-work.js';
import { stated } from '../../event-sourcing/stated.js';
import { tries } from './contact-attempts.js';

/** The last resort: after the tries that the rules demand, or because the customer refused contact. */
export function giveUpCase(
  { reason, note }: CaseCommandOf<'GiveUpCase'>,
  state: OpenedCase,
  context: CaseContext,
): Decision<CaseEvent> {
  if (state.status === 'given-up' && state.reason === reason) return [];
  if (!inWork(state)) return notInWork(state);
  const obstacle = reason === 'unreachable' ? notTriedEnough(state, context) : notRefused(state);
  return obstacle ?? [{ type: 'CaseGivenUp', data: stated({ reason, note }) }];
}

function notTriedEnough({ file }: OpenedCase, { rules }: CaseContext): Refusal | undefined {
  if (file.attempts.some(({ cycle, outcome }) => cycle === file.cycle && outcome === 'reached'))
    return refuse('customer-was-reached', 'The customer was reached, so the case goes on: resolve and submit it.');
  const demanded = rules?.ruleSet.contact?.tries ?? 1;
  const made = tries(file.attempts, file.cycle, rules).length;
  if (made >= demanded) return undefined;
  return refuse(
    'tries-missing',
    `${made} of ${demanded} tries count; ${demanded - made} missing.${howTheyCount(rules)}`,
  );
}

function howTheyCount(rules: CaseContext['rules']): string {
  const { spacing, hours } = rules?.ruleSet.contact ?? {};
  const apart = spacing === undefined ? '' : ` ${spacing} or more apart`;
  const within = hours === undefined ? '' : ` within the hours of "${hours}"`;
  return apart + within === ''
    ? ' Try again.'
    : ` Tries count${within}${apart && within ? ',' : ''}${apart}. Try again then.`;
}

function notRefused({ file }: OpenedCase): Refusal | undefined {
  if (file.attempts.some(({ cycle, outcome }) => cycle === file.cycle && outcome === 'refused')) return undefined;
  return refuse(
    'contact-not-refused',
    'No attempt is on record in which the customer refused contact. Log it, or go on trying.',
  );
}

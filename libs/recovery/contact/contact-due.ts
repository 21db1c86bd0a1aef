import { inWork, type OpenedCase } from '../case/case-state.js';
import { instant, isoOf } from '../fast/instants.js';
import type { RecordedEvent } from '../history.js';
import type { CompiledRules } from '../rules/compile.js';
import type { RuleBooks } from '../rules/rule-book.js';
import { allowedFrom, tries } from './contact-attempts.js';

/**
 * When the next try is due after one more event, under the rules in force at an attempt. Null before the first attempt.
 * @param now the case after the event
 */
export function contactDueAfter(
  before: string | null,
  event: RecordedEvent,
  now: OpenedCase,
  rules: Pick<RuleBooks, 'at'>,
): string | null {
  switch (event.type) {
    case 'ContactAttempted':
      return contactDue(now, event.occurredAt, rules.at(event.programme, event.occurredAt));
    case 'CaseReopened':
      return null;
    default:
      return before;
  }
}

/** Nobody tries for a case that is not in work. */
export const contactDueOf = ({ facts }: OpenedCase, contactDueAt: string | null): string | null =>
  inWork(facts) ? contactDueAt : null;

/**
 * When the rules allow the next try, by spacing, cap and hours; null once the customer was reached or refused contact, or all tries are made. An
 * attempt that does not count, such as one out of hours, leaves its try to be made.
 */
const contactDue = (
  { facts: { cycle, contacted }, attempts }: OpenedCase,
  at: string,
  rules: CompiledRules | undefined,
): string | null => {
  const contact = rules?.contact;
  if (!contact || contacted) return null;
  if (attempts.some((attempt) => attempt.cycle === cycle && attempt.outcome === 'refused')) return null;
  const counted = tries(attempts, cycle, rules);
  if (counted.length >= contact.tries) return null;
  const last = counted.at(-1);
  const spaced = last ? instant(last.at) + contact.spacingMs : instant(at);
  const earliest = allowedFrom(attempts, rules.ruleSet.contact?.frequencyCap, spaced);
  return isoOf(contact.hours ? contact.hours.nextWorking(earliest) : earliest);
};

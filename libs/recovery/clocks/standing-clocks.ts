import type { Context } from '../../event-sourcing/decider.js';
import type { CaseFacts } from '../case/case-facts.js';
import { caseAsRead } from '../case/case-reading.js';
import { contactDueAfter, contactDueOf } from '../contact/contact-due.js';
import { progressDueAfter, progressDueOf } from '../contact/progress-due.js';
import type { RecordedEvent } from '../history.js';
import { afterPause } from '../pause/pause.js';
import type { CompiledTarget } from '../rules/compile.js';
import type { RuleBooks } from '../rules/rule-book.js';
import { advanceClocks, type CaseClocks } from './case-clocks.js';
import type { Clock } from './clock.js';
import { clocksForeseen } from './clocks-foreseen.js';

/** The clocks of a case as history and the rules have them, for whoever decides on one. */
export interface StandingClocks {
  readonly clocks: readonly Clock[];
  /** When the next try to reach the customer is due. */
  readonly contactDueAt: string | null;
  /** When the customer is to hear of the case again. */
  readonly progressDueAt: string | null;
  /** When a source's file last told of the case. */
  readonly importedAt?: string;
  /** The case's facts at an instant. */
  factsAt(this: void, at: string): CaseFacts;
  /** A target in a rule set, such as a clock's own. */
  targetOf(this: void, clock: Pick<Clock, 'ruleSet' | 'target'>): CompiledTarget | undefined;
}

export interface ClockContext extends Context {
  /** Undefined: no event opened the case. */
  readonly clocks?: StandingClocks | undefined;
}

/** @param events of the case, in the order recorded */
export function standingClocks(events: readonly RecordedEvent[], books: RuleBooks): StandingClocks | undefined {
  const [first] = events;
  if (first === undefined) return undefined;
  const { programme } = first;
  let standing: CaseClocks | undefined;
  let contactDueAt: string | null = null;
  let progressDueAt: string | null = null;
  for (const event of caseAsRead(events)) {
    standing = advanceClocks(standing, event, books);
    if (standing) contactDueAt = contactDueAfter(contactDueAt, event, standing.case, books);
    progressDueAt = progressDueAfter(progressDueAt, event, books);
  }
  if (!standing) return undefined;
  const { case: now } = standing;
  const importedAt = events.findLast(({ imported }) => imported)?.recordedAt;
  return {
    clocks: clocksForeseen(standing, books, programme),
    progressDueAt: progressDueOf(standing.case, progressDueAt),
    contactDueAt: contactDueOf(standing.case, contactDueAt),
    ...(importedAt !== undefined && { importedAt }),
    factsAt: (at) => afterPause(now, at).facts,
    targetOf: ({ ruleSet, target }) =>
      books
        .book(programme)
        .find(({ rules }) => rules.hash === ruleSet)
        ?.rules.targetsById.get(target),
  };
}

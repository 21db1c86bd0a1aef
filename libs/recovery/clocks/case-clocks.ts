import { evolveFacts, type CaseFacts } from '../case/case-facts.js';
import type { RecordedEvent } from '../history.js';
import type { RuleBooks, RulesFrom } from '../rules/rule-book.js';
import type { Clock } from './clock.js';
import { settle, type Standing } from './settle.js';

/** All clocks of one case, with what their conditions looked at last. */
export interface CaseClocks extends Standing {
  readonly facts: CaseFacts;
  /** Sources' verdicts by target. */
  readonly reported: Readonly<Record<string, 'met' | 'missed'>>;
  /** Latest instant of an event that changed anything here, and the rule set that was in force then. */
  readonly at: string;
  readonly ruleSet: string | null;
}

/**
 * The clocks after one more event of the case. Pure. Events that are not the case's, or that change nothing its rules
 * may speak of, leave them as they are: the same object. Each clock is moved at the event's own `occurredAt`, though
 * never to before what is already on it; rules that came into force in between are applied first, each at its time.
 */
export function advanceClocks(
  clocks: CaseClocks | undefined,
  event: RecordedEvent,
  books: RuleBooks,
): CaseClocks | undefined {
  const facts = evolveFacts(clocks?.facts, event);
  if (!facts) return undefined;
  if (clocks && event.type === 'VerdictReported') {
    return { ...clocks, reported: { ...clocks.reported, [event.data.target]: event.data.verdict } };
  }
  if (clocks && facts === clocks.facts) return clocks;

  const { programme, occurredAt } = event;
  const before = clocks && clocksAsOf(clocks, occurredAt, books, programme);
  const at = before && before.at > occurredAt ? before.at : occurredAt;
  const rules = books.at(programme, at);
  const book = books.book(programme);
  const standing = before ?? NOTHING;
  const isMoved = rules && !(before?.ruleSet === rules.hash && looksTheSame(before.facts, facts, book));
  const now = isMoved ? settle(standing, rules, { at: occurredAt, by: event.id, facts }, book) : standing;
  return {
    facts,
    clocks: now.clocks,
    unpromised: now.unpromised,
    reported: standing.reported,
    at,
    ruleSet: rules?.hash ?? null,
  };
}

const NOTHING: Pick<CaseClocks, 'clocks' | 'unpromised' | 'reported'> = { clocks: [], unpromised: [], reported: {} };

/** To all targets that clocks may be under: what was settled stays as it is then. Most events of a case are such. */
function looksTheSame(before: CaseFacts, facts: CaseFacts, book: readonly RulesFrom[]): boolean {
  for (const { rules } of book) for (const field of rules.looksAt) if (before[field] !== facts[field]) return false;
  return true;
}

/** The clocks with the rules applied that came into force since the last event, until `at`. */
export function clocksAsOf(clocks: CaseClocks, at: string, books: RuleBooks, programme: string): CaseClocks {
  const book = books.book(programme);
  let now = clocks;
  for (const entry of book) if (isToCome(entry, now) && entry.from <= at) now = clocksUnder(entry, now, book);
  return now;
}

export type RulesToCome = RulesFrom & { readonly from: string };

/** Other rules, which take force after the last moment that moved the clocks. */
export const isToCome = (entry: RulesFrom, { at, ruleSet }: CaseClocks): entry is RulesToCome =>
  entry.from !== null && entry.from > at && entry.rules.hash !== ruleSet;

/** The clocks when rules take force. `moves`: which of those going follow them. */
export function clocksUnder(
  { from, rules }: RulesToCome,
  clocks: CaseClocks,
  book: readonly RulesFrom[],
  moves?: (clock: Clock) => boolean,
): CaseClocks {
  const moment = { at: from, by: `rule-set:${rules.hash}`, facts: clocks.facts };
  return { ...clocks, at: from, ruleSet: rules.hash, ...settle(clocks, rules, moment, book, moves) };
}

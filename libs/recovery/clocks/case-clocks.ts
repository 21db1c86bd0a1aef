import type { CaseFacts } from '../case/case-facts.js';
import type { OpenedCase } from '../case/case-state.js';
import { evolveCase } from '../case/case.js';
import type { RecordedEvent } from '../history.js';
import { afterPause } from '../pause/pause.js';
import type { RuleBooks, RulesFrom } from '../rules/rule-book.js';
import type { Clock } from './clock.js';
import type { Moment } from './clock-moves.js';
import { settle, type Standing } from './settle.js';

/** A case with all its clocks. */
export interface CaseClocks extends Standing {
  readonly case: OpenedCase;
  /** Sources' verdicts by target. */
  readonly reported: Readonly<Record<string, 'met' | 'missed'>>;
  /** The latest instant of an event that changed something here, and the rule set in force then. */
  readonly at: string;
  readonly ruleSet: string | null;
}

/**
 * The clocks after one more event of the case; the same object if its rules can read no change. Clocks move at the
 * event's `occurredAt`, but never backwards. Rules that took force in between apply first, each at its time.
 */
export function advanceClocks(
  clocks: CaseClocks | undefined,
  event: RecordedEvent,
  books: RuleBooks,
  now = evolveCase(clocks?.case, event),
): CaseClocks | undefined {
  if (!now) return undefined;
  if (clocks && event.type === 'VerdictReported') {
    return { ...clocks, reported: { ...clocks.reported, [event.data.target]: event.data.verdict } };
  }
  const { programme, occurredAt, id, imported } = event;
  const then = clocks && clocksAfterPause(clocks, occurredAt, books, programme);
  if (then && now.facts === then.case.facts) return now === then.case ? then : { ...then, case: now };
  return moved(then, now, { at: occurredAt, by: id, imported }, books, programme);
}

/** The clocks when the facts of their case have changed, by an event or by the end of a pause. */
function moved(
  clocks: CaseClocks | undefined,
  now: OpenedCase,
  cause: Cause,
  books: RuleBooks,
  programme: string,
): CaseClocks {
  const { facts } = now;
  const before = clocks && clocksUnderRulesOf(clocks, cause.at, books, programme);
  const at = before && before.at > cause.at ? before.at : cause.at;
  const rules = books.at(programme, at);
  const book = books.book(programme);
  const standing = before ?? NOTHING;
  const isMoved = rules && !(before?.ruleSet === rules.hash && looksTheSame(before.case.facts, facts, book));
  const settled = isMoved ? settle(standing, rules, momentOf(cause, now), book) : standing;
  return {
    case: now,
    clocks: settled.clocks,
    unpromised: settled.unpromised,
    reported: standing.reported,
    at,
    ruleSet: rules?.hash ?? null,
  };
}

type Cause = Pick<Moment, 'at' | 'by' | 'imported'>;

/** Only a pause of the case ends by itself: a target may hold its clock for other reasons too. */
const momentOf = ({ at, by, imported }: Cause, { facts, repliesDue, pausedUntil }: OpenedCase): Moment => ({
  at,
  by,
  facts,
  reply: repliesDue,
  imported,
  pausedUntil: facts.status === 'paused' ? pausedUntil : undefined,
});

/** A pause that ends by itself moves the clocks when it ends. */
function clocksAfterPause(clocks: CaseClocks, at: string, books: RuleBooks, programme: string): CaseClocks {
  const { pausedUntil, pausedBy = '' } = clocks.case;
  const now = afterPause(clocks.case, at);
  if (now === clocks.case || pausedUntil === undefined) return clocks;
  return moved(clocks, now, { at: pausedUntil, by: pausedBy }, books, programme);
}

const NOTHING: Pick<CaseClocks, 'clocks' | 'unpromised' | 'reported'> = { clocks: [], unpromised: [], reported: {} };

/** Whether no target of the book can see a difference. Most events of a case change nothing for clocks. */
function looksTheSame(before: CaseFacts, facts: CaseFacts, book: readonly RulesFrom[]): boolean {
  for (const { rules } of book) for (const field of rules.looksAt) if (before[field] !== facts[field]) return false;
  return true;
}

/** The clocks at an instant, with what happened since the last event: the end of a pause, and rules that took force. */
export const clocksAsOf = (clocks: CaseClocks, at: string, books: RuleBooks, programme: string): CaseClocks =>
  clocksUnderRulesOf(clocksAfterPause(clocks, at, books, programme), at, books, programme);

function clocksUnderRulesOf(clocks: CaseClocks, at: string, books: RuleBooks, programme: string): CaseClocks {
  const book = books.book(programme);
  let now = clocks;
  for (const entry of book) if (isToCome(entry, now) && entry.from <= at) now = clocksUnder(entry, now, book);
  return now;
}

export type RulesToCome = RulesFrom & { readonly from: string };

/** Whether an entry has other rules that take force after the clocks last moved. */
export const isToCome = (entry: RulesFrom, { at, ruleSet }: CaseClocks): entry is RulesToCome =>
  entry.from !== null && entry.from > at && entry.rules.hash !== ruleSet;

/** The clocks after rules take force. @param moves which running clocks follow the new rules */
export function clocksUnder(
  { from, rules }: RulesToCome,
  clocks: CaseClocks,
  book: readonly RulesFrom[],
  moves?: (clock: Clock) => boolean,
): CaseClocks {
  const moment = momentOf({ at: from, by: `rule-set:${rules.hash}` }, clocks.case);
  return { ...clocks, at: from, ruleSet: rules.hash, ...settle(clocks, rules, moment, book, moves) };
}

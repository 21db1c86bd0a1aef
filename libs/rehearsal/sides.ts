import type { GenerationStamp } from '../read-store/read-store.js';
import { compileRules } from '../recovery/rules/compile.js';
import type { BookEntry, RuleBooks } from '../recovery/rules/rule-book.js';
import type { RuleSet } from '../recovery/rules/rule-set.js';
import { booksUnder, loadRuleBooks, type RulesInHistory } from '../replay/builds/rule-books.js';
import type { History } from './build.js';
import { eventsUpTo } from './events-up-to.js';
import type { Scope } from './totals.js';

/** A rule set to be tried. */
export interface Candidate {
  readonly ruleSet: RuleSet;
  /** As if in force from this instant on, UTC; absent: over all of the past. */
  readonly since?: string;
}

/** What is to be rehearsed. */
export interface RehearsalAsked {
  readonly candidate: Candidate;
  /** What it is compared with; absent: the rules as history has them. */
  readonly against?: Candidate;
  /** Cases opened from here, and before there: UTC. Absent: all. */
  readonly from?: string;
  readonly to?: string;
  /** The moment at which running clocks are read, UTC. */
  readonly at: string;
  /** The most changed verdicts, and decisions, that are listed; all are counted. */
  readonly most: number;
}

/** The rules of one of the two sides that are compared. */
export interface Side {
  readonly entries: GenerationStamp['ruleBooks'];
  readonly books: RuleBooks;
  readonly hash: string;
  readonly title: string | null;
}

export interface Sides {
  readonly before: Side;
  readonly after: Side;
}

/** The rules of both sides, as history has them up to a position. */
export async function sidesOf(
  events: History,
  { candidate, against, at }: RehearsalAsked,
  upTo: string,
): Promise<Sides> {
  const history = await loadRuleBooks(eventsUpTo(events, upTo));
  const { programme } = candidate.ruleSet;
  const rules = (tried: Candidate | undefined): Side => rulesWith(history, at, programme, tried);
  return { before: rules(against), after: rules(candidate) };
}

export const scopeOf = ({ candidate, from, to, at }: RehearsalAsked): Scope => ({
  programme: candidate.ruleSet.programme,
  at,
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
});

/** The rules as history has them, with a candidate in the programme's book. */
function rulesWith(history: RulesInHistory, at: string, programme: string, candidate: Candidate | undefined): Side {
  const book = history.entries[programme] ?? [];
  if (!candidate) {
    const hash = book.at(-1)?.ruleSet ?? '';
    const title = history.drafts.get(hash)?.content.title ?? null;
    return { entries: history.entries, books: history.books, hash, title };
  }
  const { ruleSet, since } = candidate;
  const { hash } = compileRules(ruleSet);
  const entry: BookEntry = {
    ruleSet: hash,
    from: since ?? null,
    ...(since !== undefined && since > at ? { foreseen: true } : {}),
  };
  const kept = since === undefined ? [] : book.filter((one) => one.from === null || one.from < since);
  // The first rules of a programme hold since ever.
  const entries = {
    ...history.entries,
    [programme]: kept.length === 0 ? [{ ruleSet: hash, from: null }] : [...kept, entry],
  };
  const drafts = new Map(history.drafts).set(hash, { programme, content: ruleSet, draftedAt: '' });
  return { entries, books: booksUnder(entries, drafts), hash, title: ruleSet.title };
}

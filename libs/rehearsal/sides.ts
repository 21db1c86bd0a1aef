import type { GenerationStamp } from '../read-store/read-store.js';
import { compileRules } from '../recovery/rules/compile.js';
import type { BookEntry, RuleBooks } from '../recovery/rules/rule-book.js';
import type { RuleSet } from '../recovery/rules/rule-set.js';
import { booksUnder, loadRuleBooks, type RulesInHistory } from '../replay/builds/rule-books.js';
import type { History } from './build.js';
import { eventsUpTo } from './events-up-to.js';
import type { Scope } from './totals.js';

/** A rule set to rehearse. */
export interface Candidate {
  readonly ruleSet: RuleSet;
  /** The instant it takes force, UTC; absent: over all of the past. */
  readonly since?: string;
}

export interface RehearsalRequest {
  readonly candidate: Candidate;
  /** The rules to compare with; absent: the rules in history. */
  readonly against?: Candidate;
  /** Only cases opened at `from` or later, and before `to`: UTC. */
  readonly from?: string;
  readonly to?: string;
  /** The moment at which running clocks are read, UTC. */
  readonly at: string;
  /** Lists at most so many changed verdicts and decisions, but counts all. */
  readonly most: number;
}

/** Why a rehearsal can't answer what is asked; undefined if it can. */
export function mistakeIn({
  candidate: { ruleSet },
  against,
  from,
  to,
}: Omit<RehearsalRequest, 'at' | 'most'>):
  { readonly field: 'against' | 'from'; readonly message: string } | undefined {
  if (against && against.ruleSet.programme !== ruleSet.programme)
    return {
      field: 'against',
      message: `names rules of ${against.ruleSet.programme}; compare rules of ${ruleSet.programme} with others of it`,
    };
  if (from !== undefined && to !== undefined && from >= to)
    return { field: 'from', message: `must be before to: no case is opened from ${from} on and before ${to}` };
  return undefined;
}

/** The rules of one side of the comparison. */
export interface Side {
  readonly entries: GenerationStamp['ruleBooks'];
  readonly books: RuleBooks;
  readonly hash: string;
  readonly title: string | null;
}

/** The rules of both sides, from history up to a position. */
export async function sidesOf(
  events: History,
  { candidate, against, at }: RehearsalRequest,
  upTo: string,
): Promise<{ readonly before: Side; readonly after: Side }> {
  const history = await loadRuleBooks(eventsUpTo(events, upTo));
  const { programme } = candidate.ruleSet;
  return { before: sideOf(history, at, programme, against), after: sideOf(history, at, programme, candidate) };
}

export const scopeOf = ({ candidate, from, to, at }: RehearsalRequest): Scope => ({
  programme: candidate.ruleSet.programme,
  at,
  from,
  to,
});

/** The rules in history, with the candidate in the programme's book. */
function sideOf(history: RulesInHistory, at: string, programme: string, candidate: Candidate | undefined): Side {
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
  // The first rules of a programme are in force since ever.
  const entries = {
    ...history.entries,
    [programme]: kept.length === 0 ? [{ ruleSet: hash, from: null }] : [...kept, entry],
  };
  const drafts = new Map(history.drafts).set(hash, { programme, content: ruleSet, draftedAt: '' });
  return { entries, books: booksUnder(entries, drafts), hash, title: ruleSet.title };
}

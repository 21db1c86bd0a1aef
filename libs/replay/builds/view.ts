import type { EventStore } from '../../event-store/event-store.js';
import type { RuleBooks } from '../../recovery/rules/rule-book.js';
import type { RuleSet } from '../../recovery/rules/rule-set.js';
import { rebuild, type BuildOptions } from './rebuild.js';
import { loadRuleBooks } from './rule-books.js';

/** A view of history: as it was known at an instant, as it would be under other rules, or both. */
export interface View {
  /** UTC, ISO 8601: what became known later has not happened. */
  readonly knownAt?: string;
  /** In force since ever, instead of its programme's rules. */
  readonly under?: RuleSet;
}

export const isPresent = ({ knownAt, under }: View): boolean => knownAt === undefined && under === undefined;

/** The rules of the view for their programme; else those known at its instant; else those in force. */
export async function booksOfView(events: Pick<EventStore, 'readAll'>, { knownAt, under }: View): Promise<RuleBooks> {
  const override = under && { [under.programme]: under };
  return (await loadRuleBooks(events, { override, asOf: knownAt })).books;
}

/** Builds read models and makes them live in a store of their own, which the caller opens empty and closes. */
export async function buildAndServe<Inputs>(options: BuildOptions<Inputs>): Promise<number> {
  const { id } = await rebuild({ ...options, ruleBooks: {}, reason: 'a view of history', stepMs: Infinity });
  await options.reads.switchTo(id, undefined);
  return id;
}

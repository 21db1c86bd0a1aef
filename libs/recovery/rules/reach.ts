import type { RulesOf, RulesPart } from './compile.js';
import type { RuleBooks, RulesFrom } from './rule-book.js';

/** What somebody reads of the rules: some parts of each rule set in its time, or whole books. */
export type RulesRead = readonly RulesPart[] | 'whole';

/** The rule books as they are seen by who reads some parts alone: so that it can be told what a change reaches. */
export interface PartsOfBooks<Part extends RulesPart> {
  at(programme: string, occurredAt: string): RulesOf<Part> | undefined;
}

/** Whether a change from one set of books to another reaches who reads so much of them: else nothing read there differs. */
export function reaches(read: RulesRead, before: RuleBooks, after: RuleBooks): boolean {
  const programmes = new Set([...before.programmes(), ...after.programmes()]);
  return [...programmes].some((programme) => said(read, before.book(programme)) !== said(read, after.book(programme)));
}

/** As text, what a book says to its reader at which times. */
function said(read: RulesRead, book: readonly RulesFrom[]): string {
  if (read === 'whole') return JSON.stringify(book.map(({ rules: { hash }, ...entry }) => [hash, entry]));
  const times: (readonly [from: string | null, parts: string])[] = [];
  for (const { from, rules } of book) {
    // Not in canonical form: the order of calendars says which is the first.
    const parts = JSON.stringify(read.map((part) => rules.ruleSet[part] ?? null));
    // Rules that say the same as those before them change nothing here.
    if (times.at(-1)?.[1] !== parts) times.push([from, parts]);
  }
  return JSON.stringify(times);
}

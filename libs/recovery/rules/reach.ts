import type { RulesOf, RulesPart } from './compile.js';
import type { RuleBooks, RulesFrom } from './rule-book.js';

/** What a reader reads of the rules: some parts of each rule set, or whole books. */
export type RulesRead = readonly RulesPart[] | 'whole';

/** Rule books narrowed to the parts that a reader reads, so that `reaches` can compare them. */
export interface PartsOfBooks<Part extends RulesPart> {
  at(programme: string, occurredAt: string): RulesOf<Part> | undefined;
}

/** Whether two sets of books differ in anything that the reader reads. */
export function reaches(read: RulesRead, before: RuleBooks, after: RuleBooks): boolean {
  const programmes = new Set([...before.programmes(), ...after.programmes()]);
  return [...programmes].some(
    (programme) => textOf(read, before.book(programme)) !== textOf(read, after.book(programme)),
  );
}

/** What a book says to its reader, and when, as text. */
function textOf(read: RulesRead, book: readonly RulesFrom[]): string {
  if (read === 'whole') return JSON.stringify(book.map(({ rules: { hash }, ...entry }) => [hash, entry]));
  const times: (readonly [from: string | null, parts: string])[] = [];
  for (const { from, rules } of book) {
    // Not canonical JSON: the order of calendars matters.
    const parts = JSON.stringify(read.map((part) => rules.ruleSet[part] ?? null));
    // Rules that repeat those before them change nothing.
    if (times.at(-1)?.[1] !== parts) times.push([from, parts]);
  }
  return JSON.stringify(times);
}

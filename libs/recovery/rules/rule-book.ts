import type { CompiledRules } from './compile.js';

/** All versions of a programme's rules with the times from which they are in force, oldest first. */
export interface BookEntry {
  /** Content hash of the rule set. */
  readonly ruleSet: string;
  /** UTC, ISO 8601; null: since ever. */
  readonly from: string | null;
  /** It was activated before `from`. */
  readonly foreseen?: true;
}

/** A compiled rule set and the time from which it is in force. */
export interface RulesFrom {
  readonly from: string | null;
  readonly rules: CompiledRules;
  readonly foreseen?: true;
}

/** The entry in force at that time, in a book that is oldest first; undefined if there is none yet. */
export function entryAt<E extends { readonly from: string | null }>(book: readonly E[], at: string): E | undefined {
  for (let i = book.length - 1; i >= 0; i--) {
    const entry = book[i];
    if (entry && (entry.from === null || entry.from <= at)) return entry;
  }
  return undefined;
}

/** The rules of any programme at any time. */
export interface RuleBooks {
  /** The rule set in force at that time; undefined if the programme has none. */
  at(programme: string, occurredAt: string): CompiledRules | undefined;
  /** The book of a programme, oldest first; empty if it has no rules. */
  book(programme: string): readonly RulesFrom[];
  programmes(): readonly string[];
}

/** @param books each programme's rules, oldest first. @throws Error if they are out of order. */
export function ruleBooks(books: Readonly<Record<string, readonly RulesFrom[]>>): RuleBooks {
  const byProgramme = new Map(Object.entries(books));
  for (const [programme, book] of byProgramme) {
    book.forEach(({ from }, i) => {
      const before = book[i - 1];
      if (before && (from === null || (before.from !== null && from < before.from))) {
        throw new Error(`The rule book of ${programme} is out of order at entry ${i + 1}.`);
      }
    });
  }
  return {
    at(programme, occurredAt) {
      const book = byProgramme.get(programme);
      return book && entryAt(book, occurredAt)?.rules;
    },
    book: (programme) => byProgramme.get(programme) ?? [],
    programmes: () => [...byProgramme.keys()],
  };
}

/** Whether two books have the same rules at every time. */
export const sameBook = (a: readonly BookEntry[], b: readonly BookEntry[]): boolean =>
  a.length === b.length && a.every(({ ruleSet, from }, i) => b[i]?.ruleSet === ruleSet && b[i]?.from === from);

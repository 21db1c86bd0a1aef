import type { EventStore } from '../../event-store/event-store.js';
import type { GenerationStamp } from '../../read-store/read-store.js';
import type { RecordedEvent } from '../../recovery/history.js';
import { bookAfter } from '../../recovery/rules/book-history.js';
import { compileRules, type CompiledRules } from '../../recovery/rules/compile.js';
import { ruleBooks, type BookEntry, type RuleBooks } from '../../recovery/rules/rule-book.js';
import type { RuleSet } from '../../recovery/rules/rule-set.js';

type Entries = GenerationStamp['ruleBooks'];

interface Draft {
  readonly programme: string;
  readonly content: RuleSet;
  readonly draftedAt: string;
}

/** The rules as history holds them. */
export interface RulesInHistory {
  /** Ready to be asked. */
  readonly books: RuleBooks;
  /** By programme, for the stamp of a build under them. */
  readonly entries: Entries;
  /** Every rule set that was drafted, by its hash. */
  readonly drafts: ReadonlyMap<string, Draft>;
  /** The last position that was read for them; undefined where history is empty. */
  readonly readTo: string | undefined;
}

export interface RulesAsked {
  /** This rule set since ever, instead of its programme's book. */
  readonly override?: Readonly<Record<string, RuleSet>>;
  /** These books of drafted rule sets, instead of their programmes'. */
  readonly books?: Entries;
  /** The rules that were known at this instant; a programme that had none yet is read under its first. */
  readonly asOf?: string;
  /** An earlier answer to the same question: history is read from there. */
  readonly since?: RulesInHistory;
}

/** Reads all rule books. @throws Error where a rule set in force was never drafted: history is damaged */
export async function loadRuleBooks(
  events: Pick<EventStore, 'readAll'>,
  { override = {}, books, asOf, since }: RulesAsked = {},
): Promise<RulesInHistory> {
  const entries: Record<string, readonly BookEntry[]> = { ...since?.entries };
  const drafts = new Map<string, Draft>(since?.drafts);
  let readTo = since?.readTo;
  for await (const batch of events.readAll({ from: readTo, filter: { categories: ['rules'] } })) {
    readTo = batch.position;
    for (const event of batch.events as readonly RecordedEvent[]) {
      if (event.type === 'RuleSetDrafted') {
        const { programme, ruleSet, content } = event.data;
        // The draft was checked in full.
        drafts.set(ruleSet, { programme, content: content as RuleSet, draftedAt: event.recordedAt });
      }
      if (event.type !== 'RuleSetActivated' && event.type !== 'RuleSetRolledBack') continue;
      const { programme } = event.data;
      const before = entries[programme] ?? [];
      if (asOf !== undefined && event.knownAt > asOf && before.length > 0) continue;
      entries[programme] = bookAfter(before, event);
    }
  }
  if (books) for (const [programme, book] of Object.entries(books)) entries[programme] = book;
  for (const [programme, content] of Object.entries(override)) {
    const { hash } = compileRules(content);
    drafts.set(hash, { programme, content, draftedAt: '' });
    entries[programme] = [{ ruleSet: hash, from: null }];
  }
  return { books: booksUnder(entries, drafts), entries, drafts, readTo };
}

/** The books with these entries. Each rule set is compiled once, however often a caller asks for it. */
export function booksUnder(entries: Entries, drafts: RulesInHistory['drafts']): RuleBooks {
  return ruleBooks(
    Object.fromEntries(
      Object.entries(entries).map(([programme, book]) => [
        programme,
        book.map(({ ruleSet, ...entry }) => {
          const draft = drafts.get(ruleSet);
          if (!draft) throw new Error(`Rule set ${ruleSet} of ${programme} is in force but was never drafted.`);
          return { ...entry, rules: compiled(ruleSet, draft.content) };
        }),
      ]),
    ),
  );
}

const known = new Map<string, CompiledRules>();

/** By content hash: the same rule set compiles to the same rules. */
const compiled = (hash: string, content: RuleSet): CompiledRules => {
  const rules = known.get(hash) ?? compileRules(content);
  known.set(hash, rules);
  return rules;
};

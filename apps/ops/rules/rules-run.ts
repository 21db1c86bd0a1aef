import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import type { RecordedEvent } from '../../../libs/recovery/history.js';
import type { BookEntry } from '../../../libs/recovery/rules/rule-book.js';
import { ruleSetHash } from '../../../libs/recovery/rules/hash.js';
import { parseRuleSet } from '../../../libs/recovery/rules/parse-rule-set.js';
import { sayProblem } from '../../../libs/recovery/rules/rule-problem.js';
import { rulesNamed, type NamedRules } from '../../../libs/replay/builds/named-rules.js';
import { loadRuleBooks } from '../../../libs/replay/builds/rule-books.js';
import { Failure } from '../failure.js';
import { readText } from '../text-file.js';

/** `from`: when it takes force; null: since ever, or never. @param now UTC, ISO 8601 */
export async function listRules({ events }: Stores, now: string) {
  const { drafts, entries } = await loadRuleBooks(events);
  const approved = new Set<string>();
  for await (const batch of events.readAll({ filter: { types: ['RuleSetApproved'] } })) {
    for (const event of batch.events as readonly RecordedEvent[]) {
      if (event.type === 'RuleSetApproved') approved.add(event.data.ruleSet);
    }
  }
  return [...drafts].map(([ruleSet, { programme, content, draftedAt }]) => {
    const book = entries[programme] ?? [];
    const entry = book.findLast((one) => one.ruleSet === ruleSet);
    const inForce = book.findLast(({ from }) => from === null || from <= now);
    const status = entry ? statusOf(entry, inForce, now) : approved.has(ruleSet) ? 'approved' : 'drafted';
    const { title, reviewBy } = content;
    return { programme, ruleSet, title, reviewBy, draftedAt, status, from: entry?.from ?? null };
  });
}

const statusOf = (entry: BookEntry, inForce: BookEntry | undefined, now: string) => {
  if (entry === inForce) return 'in force';
  return entry.from !== null && entry.from > now ? 'planned' : 'was in force';
};

/** Finds rules by hash, the beginning of one, or a programme, which stands for its latest rules. @throws Failure */
export async function showRules({ events }: Pick<Stores, 'events'>, name: string): Promise<NamedRules> {
  const history = await loadRuleBooks(events);
  const found = rulesNamed(history, name);
  const [one] = found;
  if (one && found.length === 1) return one;
  const known =
    [...history.drafts].map(([hash, { programme }]) => `${hash.slice(0, 12)} (${programme})`).join(', ') || 'none';
  throw new Failure(
    found.length > 1
      ? `"${name}" begins the hashes of ${found.length} rule sets. Write more of it.`
      : `There is no rule set "${name}" in this store. There are: ${known}.`,
  );
}

export function checkRules(file: string) {
  const { ruleSet, problems } = parseRuleSet(readText(file, 'rule set'));
  return {
    ruleSet: ruleSet ? ruleSetHash(ruleSet) : null,
    programme: ruleSet?.programme ?? null,
    problems: problems.map((problem) => ({ ...problem, sentence: sayProblem(problem) })),
  };
}

import { READ_MODELS } from '../../read-models/read-models.js';
import { ParkedList } from '../../replay/parked.js';
import { rebuild } from '../../replay/rebuild.js';
import { loadRuleBooks } from '../../replay/rule-books.js';
import type { At } from './at.js';
import type { Works } from './work.js';

/** All read models once more, in steps so short that what is served beside them never waits for long. */
export async function build({ reason, ruleSet }: Works['build']['asked'], at: At): Promise<number> {
  const { events, reads, ledger, signal, onProgress } = at;
  const override = ruleSet === undefined ? {} : { override: { [ruleSet.programme]: ruleSet } };
  const { books, entries } = await loadRuleBooks(events, override);
  const { id } = await rebuild({
    events,
    reads,
    projections: READ_MODELS,
    inputs: { rules: books },
    ruleBooks: entries,
    reason,
    parked: new ParkedList(ledger),
    signal,
    onProgress,
  });
  return id;
}

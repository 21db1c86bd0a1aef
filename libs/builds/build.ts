import { READ_MODELS } from '../read-models/read-models.js';
import { ParkedList } from '../replay/fold/parked.js';
import { rebuild } from '../replay/builds/rebuild.js';
import { booksUnder, loadRuleBooks } from '../replay/builds/rule-books.js';
import { REST, type At } from './at.js';
import type { Works } from './work.js';

/** All read models once more, in steps so short that what is served beside them never waits for long. */
export async function build({ reason, ruleSet, books: wanted }: Works['build']['asked'], at: At): Promise<number> {
  const { events, reads, ledger, signal, onProgress } = at;
  const override = ruleSet === undefined ? {} : { override: { [ruleSet.programme]: ruleSet } };
  const history = await loadRuleBooks(events, override);
  const entries = { ...history.entries, ...wanted };
  const { id } = await rebuild({
    events,
    reads,
    projections: READ_MODELS,
    inputs: { rules: booksUnder(entries, history.drafts) },
    ruleBooks: entries,
    reason,
    parked: new ParkedList(ledger),
    rest: REST,
    signal,
    onProgress,
  });
  return id;
}

import type { ClockDocument } from '../../libs/read-models/clocks.js';
import { inAStoreAside } from '../../libs/platform/stores/store-aside.js';
import type { StorePlaces } from '../../libs/platform/config/store-places.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import type { ReadStore } from '../../libs/read-store/read-store.js';
import type { RuleBooks } from '../../libs/recovery/rules/rule-book.js';
import { foldAside } from '../../libs/replay/known-at.js';
import { loadRuleBooks } from '../../libs/replay/rule-books.js';
import { clockDisagreements } from '../../libs/reports/clock-report.js';
import { withStores } from './data-folder.js';
import { EXIT } from './exit-codes.js';
import { Failure } from './failure.js';
import { showing } from './progress.js';
import { PROJECTIONS, rulesUnder } from './read-models.js';
import { rulesNamed } from './rule-source.js';

export interface ReportRequest {
  readonly reads: ReadStore;
  readonly at: string;
  readonly programme?: string;
}

export interface Aside {
  readonly knownAt?: string;
  /** Rules to read history under: a file, or a rule set of the store. */
  readonly under?: string;
}

/** Later than anything is known. */
const EVER = '9999-12-31T23:59:59.999Z';

/** The live read models; or, for another time or other rules, ones made aside for the time of the work. */
export async function withReads<T>(
  places: StorePlaces,
  { knownAt, under }: Aside,
  work: (reads: ReadStore) => Promise<T>,
): Promise<T> {
  return withStores(places, 'read', async (stores) => {
    const { events, reads } = stores;
    const live = await reads.live();
    if (!live)
      throw new Failure('No read models are live. Import again, or start the app: both build them.', EXIT.unavailable);
    if (knownAt === undefined && under === undefined) return work(reads);
    const inputs = { rules: await booksUnderWhich(stores, { knownAt, under }) };
    return inAStoreAside(async (aside) => {
      await showing('Reading history', 'events', (display) =>
        foldAside({
          events,
          reads: aside,
          projections: PROJECTIONS,
          inputs,
          knownAt: knownAt ?? EVER,
          onProgress: ({ share, events: read }) => display.update(share, read),
        }),
      );
      return work(aside);
    });
  });
}

/** Those asked for; else as they stood when that was known; else those in force. */
export async function booksUnderWhich(
  stores: Stores,
  { knownAt, under }: { readonly knownAt: string | undefined; readonly under: string | undefined },
): Promise<RuleBooks> {
  if (under !== undefined) return (await rulesUnder(stores, (await rulesNamed(stores, under)).ruleSet)).books;
  return (await loadRuleBooks(stores.events, knownAt === undefined ? {} : { asOf: knownAt })).books;
}

type Disagreement = Pick<
  ClockDocument,
  'case' | 'reference' | 'target' | 'priority' | 'met' | 'reported' | 'workingMs'
>;

/** All of them: they are few, or the rules are wrong. */
export async function allDisagreements(
  reads: ReadStore,
  which: { readonly programme?: string; readonly target?: string },
): Promise<readonly Disagreement[]> {
  const rows: Disagreement[] = [];
  for (let after: string | undefined; ;) {
    const page = await clockDisagreements(reads, { ...which, limit: 1_000, ...(after === undefined ? {} : { after }) });
    // What the clocks read model stores is what it declares.
    for (const {
      case: id,
      reference,
      target,
      priority,
      met,
      reported,
      workingMs,
    } of page.rows as unknown as readonly ClockDocument[]) {
      rows.push({ case: id, reference, target, priority, met, reported, workingMs });
    }
    after = page.next;
    if (after === undefined) return rows;
  }
}

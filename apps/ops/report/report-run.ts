import type { ClockDocument } from '../../../libs/read-models/clocks.js';
import { foldView } from '../../../libs/builds/fold-view.js';
import { withTemporaryStore } from '../../../libs/platform/stores/temporary-store.js';
import type { StorePlaces } from '../../../libs/platform/config/store-places.js';
import type { ReadStore } from '../../../libs/read-store/read-store.js';
import { isPresent } from '../../../libs/replay/builds/view.js';
import { clockDisagreements } from '../../../libs/reports/clock-report.js';
import { withStores } from '../data-folder.js';
import { EXIT, Failure } from '../failure.js';
import { showing } from '../progress.js';
import { viewOf, type ViewOptions } from '../view.js';

export interface ReportRequest {
  readonly reads: ReadStore;
  readonly at: string;
  readonly programme?: string;
}

/** The live read models; or, for another time or other rules, temporary ones. */
export async function withReads<T>(
  places: StorePlaces,
  viewOptions: ViewOptions,
  work: (reads: ReadStore) => Promise<T>,
): Promise<T> {
  return withStores(places, 'read', async (stores) => {
    const { events, reads } = stores;
    if (!(await reads.live()))
      throw new Failure('No read models are live. Import again, or start the app: both build them.', EXIT.unavailable);
    const view = await viewOf(stores, viewOptions);
    if (isPresent(view)) return work(reads);
    return withTemporaryStore(async (temporary) => {
      await showing('Reading history', (onProgress) => foldView(view, { events, reads: temporary, onProgress }));
      return work(temporary);
    });
  });
}

type Disagreement = Pick<
  ClockDocument,
  'case' | 'reference' | 'target' | 'priority' | 'met' | 'reported' | 'workingMs'
>;

/** All disagreements: they are few, or the rules are wrong. */
export async function allDisagreements(
  reads: ReadStore,
  which: { readonly programme?: string; readonly target?: string },
): Promise<readonly Disagreement[]> {
  const rows: Disagreement[] = [];
  for (let after: string | undefined; ;) {
    const page = await clockDisagreements(reads, { ...which, limit: 1_000, after });
    // The clocks read model stores what it declares.
    for (const row of page.rows as unknown as readonly ClockDocument[]) {
      const { case: id, reference, target, priority, met, reported, workingMs } = row;
      rows.push({ case: id, reference, target, priority, met, reported, workingMs });
    }
    after = page.next;
    if (after === undefined) return rows;
  }
}

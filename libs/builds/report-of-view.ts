import { withTemporaryStore } from '../platform/stores/temporary-store.js';
import { askReport } from '../reports/reports.js';
import { foldView } from './fold-view.js';
import type { ThreadContext } from './thread-context.js';
import type { Works } from './work.js';

/** Counts a report from read models that are made for a view of history, and dropped. */
export const reportOfView = (
  { view, ...report }: Works['report']['input'],
  context: Pick<ThreadContext, 'events' | 'signal' | 'onProgress'>,
): Promise<object> =>
  withTemporaryStore(async (reads) => {
    await foldView(view, { ...context, reads });
    return askReport(reads, report);
  });

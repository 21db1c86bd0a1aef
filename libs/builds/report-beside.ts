import { askReport } from '../reports/reports.js';
import { inAStoreAside } from '../platform/stores/store-aside.js';
import type { At } from './at.js';
import { readAside } from './read-aside.js';
import type { Works } from './work.js';

/** A report of history looked at otherwise, counted from read models that are made for it and dropped. */
export const reportBeside = (
  { view, ...report }: Works['report']['asked'],
  { events, signal, onProgress }: Pick<At, 'events' | 'signal' | 'onProgress'>,
): Promise<object> =>
  inAStoreAside(async (aside) => {
    await readAside(view, { events, aside, signal, onProgress });
    return askReport(aside, report);
  });

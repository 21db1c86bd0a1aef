import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { runInThread, Stopped } from '../../../libs/builds/run-in-thread.js';
import { Problem } from '../../../libs/platform/problem/problem.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import { isPresent, type View } from '../../../libs/replay/builds/view.js';
import { askReport, type ReportRequest } from '../../../libs/reports/reports.js';
import { busy } from '../http/problems.js';

/**
 * Answers reports from the live read models. For another time or other rules it folds history again in a thread, one
 * report at a time, because each reads all of history.
 */
@Injectable()
export class Reports implements BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private reading = false;

  constructor(@Inject(STORES) private readonly stores: Stores) {}

  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  /** `gone`: the client disconnected. @throws Problem while history is folded again for another report */
  async ask(report: ReportRequest, view: View, gone: AbortSignal): Promise<object> {
    if (isPresent(view)) return askReport(this.stores.reads, report);
    if (this.reading)
      throw busy(
        'history-being-read',
        'History is being read anew for another report.',
        'Ask again when it is done.',
        5,
      );
    this.reading = true;
    try {
      const { places } = this.stores;
      const signal = AbortSignal.any([this.stopping.signal, gone]);
      return await runInThread('report', { ...report, view }, { places, signal });
    } catch (error) {
      if (error instanceof Stopped) throw new Problem({ status: 503, code: 'stopped', detail: error.message });
      throw error;
    } finally {
      this.reading = false;
    }
  }
}

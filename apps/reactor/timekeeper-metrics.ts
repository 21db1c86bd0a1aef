import { Counter } from 'prom-client';
import type { Metrics } from '../../libs/platform/metrics/metrics.js';
import type { Due } from '../../libs/reactions/timekeeper.js';
import type { Timekeeper } from './timekeeper.js';

/** What Prometheus is told of the timekeeper. */
export function observeTimekeeper(metrics: Metrics): {
  recorded(this: void, due: Due): void;
  follow(this: void, timekeeper: Pick<Timekeeper, 'ticks' | 'lateness'>): void;
} {
  const notices = new Counter({
    name: 'amends_timekeeper_notices_total',
    help: 'What fell due and was recorded, by kind',
    labelNames: ['kind'],
    registers: [metrics.registry],
  });
  return {
    recorded: ({ kind }) => notices.inc({ kind }),
    follow: (timekeeper) => {
      metrics.gauge('amends_timekeeper_ticks', 'Looks for what is due since the start', (gauge) =>
        gauge.set(timekeeper.ticks),
      );
      metrics.gauge('amends_timekeeper_set_aside', 'What fell due and could not be recorded yet', async (gauge) =>
        gauge.set((await timekeeper.lateness()).setAside),
      );
      metrics.gauge(
        'amends_timekeeper_oldest_due_age_seconds',
        'Age of the oldest that fell due and is not recorded',
        async (gauge) => gauge.set((await timekeeper.lateness()).oldestDueAgeSeconds),
      );
    },
  };
}

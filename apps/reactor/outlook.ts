import type { Destination } from '../../libs/outbound/destination.js';
import type { Outbox } from '../../libs/outbound/outbox.js';
import { KEPT_STATES } from '../../libs/outbound/words.js';
import type { Metrics } from '../../libs/platform/metrics/metrics.js';

/** Beyond it nobody needs the exact number, and counting must stay cheap. */
const MOST_COUNTED = 1_000;

/** How messages stand: for health and metrics. */
export class Outlook {
  constructor(
    private readonly outbox: Outbox,
    private readonly destinations: readonly Destination[],
    private readonly now: () => string,
  ) {}

  async summary() {
    const held = await this.kept('held');
    const dead = await this.kept('dead');
    const waits = await Promise.all(this.destinations.map(({ name }) => this.waiting(name)));
    const count = waits.reduce((sum, { count: one }) => sum + one, 0);
    return { destinations: this.destinations.length, waiting: count, dead, wouldBeTold: held };
  }

  measure(metrics: Metrics): void {
    const ofEach = (name: string, says: string, value: (destination: string) => Promise<number>): void =>
      metrics.gauge(
        name,
        says,
        async (gauge) => {
          for (const { name: destination } of this.destinations) gauge.set({ destination }, await value(destination));
        },
        ['destination'],
      );
    ofEach('amends_outbox_waiting', `Messages that wait, counted up to ${MOST_COUNTED}`, async (name) => {
      return (await this.waiting(name)).count;
    });
    ofEach('amends_outbox_oldest_seconds', 'Age of the oldest message that waits', async (name) => {
      return (await this.waiting(name)).oldestSeconds;
    });
    ofEach('amends_outbox_breaker_open', '1 while nothing is sent because the destination fails', async (name) => {
      const { openUntil } = await this.outbox.breakerOf(name);
      return openUntil === undefined ? 0 : 1;
    });
    metrics.gauge(
      'amends_outbox_kept',
      `Messages that somebody must look at, by state, counted up to ${MOST_COUNTED}`,
      async (gauge) => {
        for (const state of KEPT_STATES) gauge.set({ state }, await this.kept(state));
      },
      ['state'],
    );
  }

  private async kept(state: (typeof KEPT_STATES)[number]): Promise<number> {
    return this.outbox.countKept(state, MOST_COUNTED);
  }

  private async waiting(destination: string): Promise<{ readonly count: number; readonly oldestSeconds: number }> {
    const now = this.now();
    const rows = await this.outbox.waiting(destination, now, MOST_COUNTED);
    const oldest = rows.reduce(
      (least, { value }) => (value.event.recordedAt < least ? value.event.recordedAt : least),
      now,
    );
    return { count: rows.length, oldestSeconds: (Date.parse(now) - Date.parse(oldest)) / 1_000 };
  }
}

import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite-event-store.js';
import { DECLARATIONS } from '../../libs/recovery/history.js';
import { startBuilt } from './built-process.js';
import type { Figure, Size } from './measure.js';
import { KEY, send } from './sending.js';

const LOOK_EVERY_MS = 20;

/**
 * Measures bursts of responses on one day, from the first one sent to the last decision. A team's day is one stream, so a
 * later burst shows whether triage slows down during the day.
 */
export async function triage(size: Size, folder: string): Promise<Figure[]> {
  const data = join(folder, 'triage');
  const amends = await startBuilt('apps/standalone/main.js', {
    env: {
      AMENDS_DATA: data,
      AMENDS_PORT: '0',
      AMENDS_OPERATOR_KEY: KEY,
      AMENDS_DEMO: 'off',
      AMENDS_RATE_LIMIT: '10000000',
    },
  });
  const events = SqliteEventStore.open({ folder: data, declarations: DECLARATIONS, mode: 'read' });
  try {
    const count = size.quick ? 200 : 2_000;
    const triaged = countingTriaged(events);
    const burst = async (run: string, of = count): Promise<number> => {
      const due = (await triaged()) + of;
      const began = performance.now();
      await send(amends.url, run, { count: of });
      while ((await triaged()) < due) await after(LOOK_EVERY_MS);
      return (of / (performance.now() - began)) * 1_000;
    };
    await burst('warm-up', 200);
    const first = await burst('first');
    const ours: number[] = [];
    for (let run = 0; run < size.runs; run++) ours.push(await burst(`later ${run}`));
    const seconds = size.quick ? 5 : 60;
    const before = await triaged();
    const began = performance.now();
    const sent = await send(amends.url, 'sustained', { seconds });
    const atEnd = (await triaged()) - before;
    const accepted = Math.round(sent.requestsPerSecond * seconds);
    while ((await triaged()) - before < accepted - size.runs) await after(LOOK_EVERY_MS);
    const lag = performance.now() - began - seconds * 1_000;
    return [
      {
        what: `responses accepted and triaged, sustained for ${seconds} s`,
        unit: 'responses/s',
        ours: [atEnd / seconds],
        reach: { atLeast: 2_000 },
        note: `${sent.requestsPerSecond.toFixed(0)} accepted/s, p99 of an answer ${sent.p99.toFixed(0)} ms, ${sent.refused} refused; the last was triaged ${Math.max(0, lag).toFixed(0)} ms after the last was sent`,
      },
      {
        what: `triage of ${count.toLocaleString('en')} responses sent at once, later in the day`,
        unit: 'responses/s',
        ours,
        against: { name: 'the first of the day', values: ours.map(() => first) },
        reach: { ratio: 0.8 },
      },
    ];
  } finally {
    await events.close();
    await amends.end();
  }
}

/** The number of triaged responses so far; each call reads only newer events. */
function countingTriaged(events: SqliteEventStore): () => Promise<number> {
  let [triaged, from] = [0, ''];
  return async () => {
    const filter = { types: ['ResponseTriaged'] };
    for await (const batch of events.readAll({ filter, ...(from === '' ? {} : { from }) })) {
      triaged += batch.events.length;
      from = batch.position;
    }
    return triaged;
  };
}

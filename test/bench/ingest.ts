import { join } from 'node:path';
import { startBuilt } from './built-process.js';
import { inTurn, median, type Figure, type Size } from './measure.js';
import { KEY, send } from './sending.js';

export async function ingest(size: Size, folder: string): Promise<Figure[]> {
  const amends = await startBuilt('apps/standalone/main.js', {
    env: {
      AMENDS_DATA: join(folder, 'ingest'),
      AMENDS_PORT: '0',
      AMENDS_OPERATOR_KEY: KEY,
      AMENDS_DEMO: 'off',
      AMENDS_RATE_LIMIT: '10000000',
    },
  });
  const peer = await startBuilt('test/bench/peer-ingest.js', { args: [folder, KEY] });
  const bare = await startBuilt('test/bench/peer-bare.js', { args: [folder, KEY] });
  try {
    const seconds = size.quick ? 1 : 5;
    let run = 0;
    const limits: number[] = [];
    const { ours, against } = await inTurn(
      size.runs,
      async () => (await send(amends.url, `a${run++}`, { seconds })).requestsPerSecond,
      async () => {
        limits.push((await send(bare.url, `b${run}`, { seconds })).requestsPerSecond);
        return (await send(peer.url, `p${run}`, { seconds })).requestsPerSecond;
      },
    );
    return [
      {
        what: 'ingest over HTTP, 50 connections',
        unit: 'requests/s',
        ours,
        against: { name: 'Nest + class-validator, a sync a request', values: against },
        reach: { ratio: 4 },
        note: `fastify with a compiled schema and group commit, and nothing else: ${median(limits).toFixed(0)} requests/s`,
      },
    ];
  } finally {
    await amends.end();
    await peer.end();
    await bare.end();
  }
}

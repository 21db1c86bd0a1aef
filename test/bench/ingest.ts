import { join } from 'node:path';
import { startBuilt } from './built-process.js';
import { inTurn, type Figure, type Size } from './measure.js';
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
  try {
    const seconds = size.quick ? 1 : 5;
    let run = 0;
    const { ours, against } = await inTurn(
      size.runs,
      () => send(amends.url, `a${run++}`, { seconds }),
      () => send(peer.url, `p${run}`, { seconds }),
    );
    return [
      {
        what: 'ingest over HTTP, 50 connections',
        unit: 'requests/s',
        ours,
        against: { name: 'Nest + class-validator, a sync a request', values: against },
        reach: { ratio: 8 },
      },
    ];
  } finally {
    await amends.end();
    await peer.end();
  }
}

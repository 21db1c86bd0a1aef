import { join } from 'node:path';
import autocannon from 'autocannon';
import { startBuilt } from './built-process.js';
import { inTurn, type Figure, type Size } from './measure.js';

const KEY = 'bench-operator-key-0123456789abcdef';
/** Requests a second over 50 connections, each answered 2xx. Every request is a new response. */
async function load(url: string, seconds: number, run: string): Promise<number> {
  let n = 0;
  const result = await autocannon({
    url: `${url}/v1/responses`,
    connections: 50,
    duration: seconds,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
    requests: [
      {
        setupRequest: (request) => ({
          ...request,
          body: JSON.stringify({
            source: 'bench',
            externalId: `${run}-${n++}`,
            customer: `customer-${n % 5000}`,
            touchpoint: 'delivery',
            metric: 'nps',
            score: n % 11,
            contactMe: 'yes',
            comment: 'It came late and nobody could tell me why.',
            tags: ['late', 'parcel'],
          }),
        }),
      },
    ],
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(
      `${result.non2xx} of ${result.requests.total} requests were not answered 2xx, ${result.errors} failed.`,
    );
  }
  return result.requests.total / result.duration;
}

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
      () => load(amends.url, seconds, `a${run++}`),
      () => load(peer.url, seconds, `p${run}`),
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

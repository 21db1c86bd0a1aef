import autocannon from 'autocannon';

export const KEY = 'bench-operator-key-0123456789abcdef';

export interface Sent {
  readonly requestsPerSecond: number;
  /** Of an answer, in milliseconds. */
  readonly p99: number;
  /** Requests that were refused with 503, to be sent again later. */
  readonly refused: number;
}

/**
 * Sends new responses over 50 connections, for a number of seconds or of responses.
 * @throws Error if an answer is neither 2xx nor 503
 */
export async function send(url: string, run: string, until: { seconds: number } | { count: number }): Promise<Sent> {
  let n = 0;
  const result = await autocannon({
    url: `${url}/v1/responses`,
    connections: 50,
    ...('seconds' in until ? { duration: until.seconds } : { amount: until.count }),
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
  const refused = result.statusCodeStats?.['503']?.count ?? 0;
  if (result.non2xx > refused || result.errors > 0) {
    throw new Error(
      `${result.non2xx} of ${result.requests.total} requests were not answered 2xx, ${result.errors} failed.`,
    );
  }
  return {
    requestsPerSecond: (result.requests.total - refused) / result.duration,
    p99: result.latency.p99,
    refused,
  };
}

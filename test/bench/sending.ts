import autocannon from 'autocannon';

export const KEY = 'bench-operator-key-0123456789abcdef';

/**
 * Sends new responses over 50 connections, for a number of seconds or of responses. Resolves to requests a second.
 * @throws Error if an answer is not 2xx
 */
export async function send(url: string, run: string, until: { seconds: number } | { count: number }): Promise<number> {
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
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(
      `${result.non2xx} of ${result.requests.total} requests were not answered 2xx, ${result.errors} failed.`,
    );
  }
  return result.requests.total / result.duration;
}

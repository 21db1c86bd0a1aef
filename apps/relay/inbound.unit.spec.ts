import { expect, test } from '@jest/globals';
import type { Delivered, Message, Subscriber } from '../../libs/broker/broker.js';
import { INBOUND_TOPIC } from '../../libs/broker/inbound-topics.js';
import { RevisionConflict } from '../../libs/event-store/event-store.js';
import { takeInbound, type InboundOptions } from './inbound.js';

const message = (value: object): Delivered => ({
  topic: INBOUND_TOPIC,
  key: 'customer-1',
  headers: {},
  value: JSON.stringify(value),
  at: '0/1',
});
const response = { source: 'web', externalId: 'r-1', customer: 'customer-1', metric: 'nps', score: 3 };

/** Hands a batch over as often as it takes, as a broker does; resolves to how often, and to what was rejected. */
async function taken(
  batch: readonly Delivered[],
  receive: InboundOptions['receive'],
): Promise<{ times: number; rejects: readonly Message[] }> {
  const rejects: Message[] = [];
  const subscriber: Subscriber = { subscribe: ({ work }) => work(batch) };
  const reject = async (named: readonly Message[]): Promise<void> => void rejects.push(...named);
  const options = { subscriber, receive, reject, now: () => '2031-05-05T09:00:00.000Z' };
  for (let times = 1; ; times++)
    try {
      await takeInbound(options, new AbortController().signal);
      return { times, rejects };
    } catch (error) {
      if (times === 3) throw error;
    }
}

test('a response whose stream somebody else writes to comes again, and is no reject', async () => {
  let conflicts = 1;
  const received = await taken([message(response)], async () => {
    if (conflicts-- > 0) throw new RevisionConflict('response-1', 0, 1);
    return {};
  });
  expect(received).toEqual({ times: 2, rejects: [] });
});

test('a response that can not be taken is named in the rejects, without what it says', async () => {
  const { times, rejects } = await taken([message({ ...response, metric: 'secret' })], async () => ({}));
  expect(times).toBe(1);
  expect(rejects).toMatchObject([{ key: '0/1', value: expect.stringContaining('"reason":"invalid"') }]);
  expect(rejects[0]?.value).not.toContain('secret');
});

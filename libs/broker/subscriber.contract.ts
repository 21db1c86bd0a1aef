import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EventStore } from '../event-store/event-store.js';
import type { Delivered, Subscriber } from './broker.js';
import { forgotten, noted, opened, received, append, triaged } from './sample-events.testing.js';

export interface OpenedTopics {
  /** Empty. What is appended here is in the topics, sooner or later. */
  readonly history: EventStore;
  readonly subscriber: Subscriber;
  end(): Promise<void>;
}

/** What subscribers may rely on, with Kafka and without. */
export function subscriberContract(name: string, open: () => Promise<OpenedTopics>): void {
  describe(`${name}: the contract of topics`, () => {
    let topics: OpenedTopics;
    beforeEach(async () => {
      topics = await open();
    });
    afterEach(() => topics.end());

    /** Works on messages until there were `count`; `failAt` fails the batch in which that many were seen. */
    const take = async (
      count: number,
      options: { topics?: string[]; group?: string; failAt?: number } = {},
    ): Promise<Delivered[]> => {
      const taken: Delivered[] = [];
      const stop = new AbortController();
      await topics.subscriber.subscribe({
        topics: options.topics ?? ['amends.cases'],
        group: options.group ?? 'crm',
        signal: stop.signal,
        work: async (messages) => {
          taken.push(...messages);
          if (options.failAt !== undefined && taken.length >= options.failAt) throw new Error('The power went off');
          if (taken.length >= count) stop.abort();
        },
      });
      return taken;
    };
    const revisions = (messages: readonly Delivered[]): string[] =>
      messages.map(({ headers }) => `${headers['ce_stream'] ?? ''} ${headers['ce_revision'] ?? ''}`);

    test('what happened is there, with its key and its id', async () => {
      const event = await append(topics.history, 'case-1', opened('1'));
      const [message] = await take(1);
      expect(message).toMatchObject({
        topic: 'amends.cases',
        key: '1',
        headers: {
          ce_id: event.id,
          ce_type: 'amends.CaseOpened',
          ce_revision: '1',
          'content-type': 'application/json',
        },
      });
      expect(JSON.parse(message?.value ?? '')).toEqual(event.data);
    });

    test('what comes later comes too, each event once and in order per key', async () => {
      const taking = take(60);
      for (let revision = 1; revision <= 20; revision++)
        for (const id of ['1', '2', '3'])
          await append(topics.history, `case-${id}`, revision === 1 ? opened(id) : noted(`owner ${revision}`));
      const taken = await taking;
      for (const id of ['1', '2', '3'])
        expect(revisions(taken.filter(({ key }) => key === id))).toEqual(
          Array.from({ length: 20 }, (_, before) => `case-${id} ${before + 1}`),
        );
    });

    test("everything of a response has its customer's key", async () => {
      await append(topics.history, 'response-1', received('1', 'customer-9'));
      await append(topics.history, 'response-2', received('2', 'customer-8'));
      await append(topics.history, 'response-1', triaged('1'));
      const taken = await take(3, { topics: ['amends.responses'] });
      expect(taken.filter(({ key }) => key === 'customer-9').map(({ headers }) => headers['ce_type'])).toEqual([
        'amends.ResponseReceived',
        'amends.ResponseTriaged',
      ]);
    });

    test('a group goes on after what it has worked on', async () => {
      await append(topics.history, 'case-1', opened('1'));
      expect(revisions(await take(1))).toEqual(['case-1 1']);
      await append(topics.history, 'case-1', noted('ana'));
      expect(revisions(await take(1))).toEqual(['case-1 2']);
      expect(revisions(await take(2, { group: 'data-platform' }))).toEqual(['case-1 1', 'case-1 2']);
    });

    test('work that failed comes again, with the same id', async () => {
      await append(topics.history, 'case-1', opened('1'));
      await expect(take(1, { failAt: 1 })).rejects.toThrow('The power went off');
      const [again] = await take(1);
      expect(again?.headers['ce_revision']).toBe('1');
    });

    test('a forgotten customer is a message without a value', async () => {
      await append(topics.history, 'customer-9', {
        type: 'CustomerContactRecorded',
        data: { customer: '9', entry: 'entry-1' },
      });
      await append(topics.history, 'customer-9', forgotten('9'));
      const taken = await take(2, { topics: ['amends.customers'] });
      expect(taken.map(({ key, value }) => [key, value === null])).toEqual([
        ['9', false],
        ['9', true],
      ]);
    });
  });
}

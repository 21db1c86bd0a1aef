import { setTimeout as after } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startDouble, type EventStoreDbDouble } from '../../../test/eventstoredb-double/eventstoredb-double.js';
import { startProxy, type TcpProxy } from '../../../test/faults/tcp-proxy.testing.js';
import type { EventDeclaration } from '../../event-sourcing/event.js';
import { UnreadableEvent } from '../../event-sourcing/upcasting.js';
import { HistoryDamaged, HistoryUnavailable } from '../event-store.js';
import { allOf, LENDING, lendingEvent, lendingEvents, namesIn } from '../lending.testing.js';
import { EventStoreDbEventStore } from './eventstoredb-event-store.js';

const SHORT_MS = 400;

describe('an EventStoreDB behind a bad network', () => {
  let double: EventStoreDbDouble;
  let proxy: TcpProxy;
  let stop: AbortController;
  const opened: EventStoreDbEventStore[] = [];

  beforeEach(async () => {
    double = await startDouble();
    proxy = await startProxy(double.port);
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    for (const store of opened.splice(0)) await store.close();
    await proxy.stop();
    await double.stop();
  });

  const open = (
    deadlineMs = 10_000,
    declarations: Readonly<Record<string, EventDeclaration>> = LENDING,
  ): EventStoreDbEventStore => {
    const url = `esdb://127.0.0.1:${proxy.port}?tls=false`;
    const store = EventStoreDbEventStore.open({ url, declarations, deadlineMs });
    opened.push(store);
    return store;
  };

  /** Appends one by one, and notes the answers. */
  const write = async (store: EventStoreDbEventStore, stream: string, count: number): Promise<void> => {
    for (let revision = 0; revision < count; revision++) {
      const answer = await store.append(stream, lendingEvents(stream, `${stream}/${revision}`), revision);
      expect(answer.revision).toBe(revision + 1);
    }
  };

  const followed = async (store: EventStoreDbEventStore, count: number, seen: string[] = []): Promise<string[]> => {
    for await (const batch of store.follow({ signal: stop.signal, batchSize: 20 })) {
      seen.push(...namesIn([batch]));
      if (seen.length >= count) break;
    }
    return seen;
  };

  /** What the server itself holds. */
  const held = (): string[] =>
    double.log.all.flatMap(({ type, data }) =>
      type.startsWith('$') ? [] : (JSON.parse(Buffer.from(data).toString()) as { name: string }).name,
    );

  test('appends end once and followers miss and double nothing while the connection is cut again and again', async () => {
    const store = open();
    const follower = open();
    const following = followed(follower, 8 * 40);
    let done = false;
    const cutting = (async () => {
      let cuts = 0;
      for (let at = proxy.bytes; !done;) {
        await after(1);
        if (proxy.bytes - at < 15_000) continue;
        proxy.cut();
        cuts++;
        at = proxy.bytes;
      }
      return cuts;
    })();
    await Promise.all(Array.from({ length: 8 }, (_, writer) => write(store, `loan-${writer}`, 40)));
    done = true;
    expect(await cutting).toBeGreaterThan(2);
    expect(new Set(held()).size).toBe(8 * 40);
    expect(held()).toHaveLength(8 * 40);
    expect(await following).toEqual(held());
    expect(namesIn(await allOf(store.readAll()))).toEqual(held());
  });

  test('all goes on when the server is started again', async () => {
    const store = open();
    const seen: string[] = [];
    const following = followed(store, 60, seen);
    await write(store, 'loan-1', 20);
    await double.stop();
    const writing = write(store, 'loan-2', 40);
    await after(100);
    double = await startDouble({ log: double.log, port: double.port });
    await writing;
    expect(await following).toEqual(held());
    expect(seen).toHaveLength(60);
  });

  test('a long read goes on where it was when its connection is cut', async () => {
    const store = open();
    for (let stream = 0; stream < 20; stream++) {
      const name = `loan-${stream}`;
      const names = Array.from({ length: 100 }, (_, index) => `${name}/${index}`);
      await store.append(name, lendingEvents(name, ...names), 0);
    }
    const read: string[] = [];
    for await (const batch of store.readAll({ batchSize: 150 })) {
      read.push(...namesIn([batch]));
      if (read.length % 300 === 0) proxy.cut();
    }
    expect(read).toEqual(held());
  });

  test('a slow server is waited for, up to the deadline', async () => {
    const store = open(5_000);
    proxy.slow(50);
    await write(store, 'loan-1', 2);
    expect((await store.readStream('loan-1')).revision).toBe(2);
  });

  test('more appends than can be on their way at once wait for their turn, however long all of them take', async () => {
    const store = open(SHORT_MS);
    proxy.slow(40);
    const began = performance.now();
    const streams = Array.from({ length: 800 }, (_, index) => `loan-${index}`);
    await Promise.all(streams.map((stream) => store.append(stream, lendingEvents(stream, stream), 0)));
    expect(performance.now() - began).toBeGreaterThan(SHORT_MS);
    expect(held()).toHaveLength(800);
  });

  test('and all of them are refused soon when the server says nothing', async () => {
    const store = open(SHORT_MS);
    proxy.stall();
    const began = performance.now();
    const streams = Array.from({ length: 800 }, (_, index) => `loan-${index}`);
    const answers = await Promise.allSettled(
      streams.map((stream) => store.append(stream, lendingEvents(stream, stream), 0)),
    );
    expect(performance.now() - began).toBeLessThan(SHORT_MS * 5);
    for (const answer of answers) expect(answer).toMatchObject({ reason: expect.any(HistoryUnavailable) });
  });

  test('a server that says nothing is unavailable soon, and answers again when it is heard again', async () => {
    const store = open(SHORT_MS);
    await write(store, 'loan-1', 1);
    proxy.stall();
    const began = performance.now();
    const refusals = await Promise.allSettled([
      store.append('loan-1', lendingEvents('loan-1', 'x'), 1),
      store.readStream('loan-1'),
      store.end(),
      allOf(store.readAll()),
    ]);
    expect(performance.now() - began).toBeLessThan(SHORT_MS * 5);
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ status: 'rejected', reason: expect.any(HistoryUnavailable) });
    }
    proxy.slow(0);
    proxy.cut();
    expect(await store.append('loan-1', lendingEvents('loan-1', 'x'), 1)).toMatchObject({ revision: 2 });
  });

  test('a server that is not there is unavailable, in words without the password', async () => {
    await proxy.stop();
    const url = `esdb://admin:secret@127.0.0.1:${proxy.port}?tls=false`;
    const store = EventStoreDbEventStore.open({ url, declarations: LENDING, deadlineMs: SHORT_MS });
    const append = store.append('loan-1', lendingEvents('loan-1', 'a'), 0);
    await expect(append).rejects.toThrow(HistoryUnavailable);
    await expect(append).rejects.toThrow(/127\.0\.0\.1:\d+ doesn't answer .* Check that it runs/);
    await expect(append).rejects.not.toThrow(/secret/);
    proxy = await startProxy(double.port);
  });

  test('a follower ends on its signal while the server is away', async () => {
    const store = open();
    const following = followed(store, 1);
    await after(50);
    await proxy.stop();
    await after(50);
    stop.abort();
    expect(await following).toEqual([]);
    proxy = await startProxy(double.port);
  });

  test('a follower by type learns of what it passes over, wherever it begins', async () => {
    const store = open();
    for (let revision = 0; revision < 100; revision++) {
      await store.append('loan-1', [lendingEvent('loan-1', `${revision}`, { type: 'ToolReturned' })], revision);
    }
    const reached = async (from: string | undefined): Promise<string | undefined> => {
      let last = '';
      const end = (await store.end()) ?? '';
      const filter = { types: ['ToolLent'] };
      for await (const batch of store.follow({
        signal: stop.signal,
        filter,
        ...(from === undefined ? {} : { from }),
      })) {
        expect(batch.events).toEqual([]);
        expect(batch.position > last).toBe(true);
        last = batch.position;
        if (last >= end) break;
      }
      return last;
    };
    const end = await reached(undefined);
    expect(end).toBe(await store.end());
    const goingOn = reached(end);
    await store.append('loan-2', [lendingEvent('loan-2', 'x', { type: 'ToolReturned' })], 0);
    expect(await goingOn).toBe(await store.end());
  });

  test('reads that are left early leave nothing behind in the client', async () => {
    const store = open();
    await write(store, 'loan-1', 200);
    const { disposableStreams } = (store as unknown as { client: { disposableStreams: Set<unknown> } }).client;
    for (let time = 0; time < 20; time++) {
      for await (const _ of store.readAll({ batchSize: 1 })) break;
      for await (const _ of store.follow({ signal: stop.signal, batchSize: 1 })) break;
      await store.end();
    }
    for (let turn = 0; turn < 200 && disposableStreams.size > 0; turn++) await after(5);
    expect(disposableStreams.size).toBe(0);
  });

  test('an event that nobody can read stops the reader at once, by its name', async () => {
    await write(open(), 'loan-1', 1);
    const { ToolLent: _, ...fewer } = LENDING;
    const store = open(10_000, fewer);
    await expect(store.readStream('loan-1')).rejects.toThrow(UnreadableEvent);
    await expect(allOf(store.readAll())).rejects.toThrow(UnreadableEvent);
    await expect(followed(store, 1)).rejects.toThrow(UnreadableEvent);
    expect(namesIn(await allOf(store.asStored().readAll()))).toEqual(['loan-1/0']);
  });

  test('what others wrote, deleted or cut short is damage, in words', async () => {
    const store = open();
    await write(store, 'loan-1', 3);
    await write(store, 'loan-2', 3);
    const foreign = { id: crypto.randomUUID(), type: 'Foreign', contentType: 'application/json' };
    const metadata = Buffer.from(JSON.stringify({ $maxCount: 1 }));
    double.log.append(
      '$$loan-1',
      [{ ...foreign, type: '$metadata', data: metadata, metadata: Buffer.alloc(0) }],
      'any',
    );
    await expect(store.readStream('loan-1')).rejects.toThrow(HistoryDamaged);
    await expect(store.readStream('loan-1')).rejects.toThrow(/Stream loan-1 lacks the events before/);
    double.log.tombstone('loan-2');
    await expect(store.readStream('loan-2')).rejects.toThrow(/Stream loan-2 was deleted for ever/);
    await expect(store.append('loan-2', lendingEvents('loan-2', 'x'), 3)).rejects.toThrow(HistoryDamaged);
    double.log.append('others', [{ ...foreign, data: Buffer.from('{}'), metadata: Buffer.alloc(0) }], 'any');
    await expect(allOf(store.readAll())).rejects.toThrow(
      /was not written by Amends. Give Amends an EventStoreDB of its own/,
    );
  });
});

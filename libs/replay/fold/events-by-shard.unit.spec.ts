import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Recorded } from '../../event-sourcing/event.js';
import { EventsByShard } from './events-by-shard.js';

const event = (shard: number, position: number): Recorded => ({
  id: `event-${position}`,
  type: 'ToolLent',
  schemaVersion: 1,
  stream: `loan-${shard}`,
  revision: position,
  position: String(position).padStart(4, '0'),
  shard,
  programme: 'tools',
  occurredAt: '2031-05-05T09:00:00.000Z',
  knownAt: '2031-05-05T09:00:00.000Z',
  recordedAt: '2031-05-05T09:00:00.000Z',
  actor: { id: 'ana', role: 'agent' },
  commandId: 'c',
  correlationId: 'c',
  causationId: 'c',
  data: { note: 'für Ana', n: position },
});

test('each shard has its events in order, from memory or from a file', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(4), { maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 80 }),
      (shards, batch, most) => {
        const events = shards.map(event);
        const byShard = new EventsByShard(most);
        try {
          for (let at = 0; at < events.length; at += batch) byShard.add(events.slice(at, at + batch));
          expect(byShard.shards).toEqual([...new Set(shards)].toSorted((a, b) => a - b));
          for (const shard of byShard.shards) {
            expect(byShard.take(shard)).toEqual(events.filter((one) => one.shard === shard));
            expect(byShard.take(shard)).toEqual([]);
          }
        } finally {
          byShard.close();
        }
      },
    ),
  );
});

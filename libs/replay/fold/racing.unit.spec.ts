import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Inputs } from '../../read-models/inputs.js';
import { READ_MODELS } from '../../read-models/read-models.js';
import { ruleBooks } from '../../recovery/rules/rule-book.js';
import { digestBuild } from '../digest/digest.js';
import { openHistory, openReads, appendEvents, type GivenEvent } from '../history.testing.js';
import type { AnyProjection } from '../../event-sourcing/projection.js';
import { catchUp, rebuild } from '../builds/rebuild.js';

const PROJECTIONS = READ_MODELS as readonly AnyProjection<Inputs>[];
const inputs = new Inputs(ruleBooks({}));
const CASES = ['one', 'two', 'three'] as const;

const opened = (id: string): GivenEvent => ({
  stream: `case-${id}`,
  customer: `customer-${id}`,
  event: {
    type: 'CaseOpened',
    data: { case: id, customer: `customer-${id}`, kind: 'recover', priority: 'high', tags: [] },
  },
});
const attempted = (id: string): GivenEvent => ({
  stream: `case-${id}`,
  customer: `customer-${id}`,
  event: { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'no-answer' } },
});

/** How many writes come before the build, and how many within each of its steps. */
const race = fc.record({
  order: fc.array(fc.constantFrom(...CASES), { minLength: 1, maxLength: 25 }),
  before: fc.nat({ max: 10 }),
  within: fc.array(fc.nat({ max: 3 }), { maxLength: 12 }),
  batchSize: fc.integer({ min: 1, max: 7 }),
});

test('a build that races live writes equals one that does not, however they interleave', async () => {
  await fc.assert(
    fc.asyncProperty(race, async ({ order, before, within, batchSize }) => {
      const { events, reads, close } = openHistory();
      const alone = openReads();
      try {
        const writes = [...CASES.map(opened), ...order.map(attempted)];
        await appendEvents(events, writes.splice(0, before));
        const steps = [...within];
        let writing: Promise<void> = Promise.resolve();
        const onProgress = (): void => {
          const now = writes.splice(0, steps.shift() ?? 0);
          writing = writing.then(() => appendEvents(events, now));
        };
        const common = { events, projections: PROJECTIONS, inputs, batchSize };
        const stamped = { ruleBooks: {}, reason: 'race', madeAt: '2031-05-05T09:00:00.000Z' };
        const raced = await rebuild({ ...common, ...stamped, reads, onProgress });
        await writing;
        await appendEvents(events, writes);
        await catchUp(raced.id, { ...common, reads });
        const still = await rebuild({ ...common, ...stamped, reads: alone });
        expect(await digestBuild(reads, raced.id)).toEqual(await digestBuild(alone, still.id));
      } finally {
        await Promise.all([close(), alone.close()]);
      }
    }),
    { numRuns: 40 },
  );
});

import { afterEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AnyProjection, Projection } from '../event-sourcing/projection.js';
import type { Batch, EventStore } from '../event-store/event-store.js';
import { NO_RULES } from '../read-models/documents.testing.js';
import { cases } from '../read-models/cases.js';
import { clocks } from '../read-models/clocks.js';
import { funnel } from '../read-models/funnel.js';
import type { Inputs } from '../read-models/inputs.js';
import { queues } from '../read-models/queues.js';
import { rootCauses } from '../read-models/root-causes.js';
import { times } from '../read-models/times.js';
import type { ReadStore } from '../read-store/read-store.js';
import type { CaseEvent } from '../recovery/case/case.js';
import type { RecoveryEvent } from '../recovery/history.js';
import { idOf } from '../event-sourcing/identity.js';
import { digestBuild } from './digest/digest.js';
import { bound, openHistory, openReads, appendEvents, type GivenEvent } from './history.testing.js';
import { switchGeneration } from './builds/generations.js';
import { catchUp, rebuild, type Progress } from './builds/rebuild.js';
import { expectedDigests } from './digest/expected.js';
import { verifyReadModels } from './digest/verify.js';
import { buildAndServe } from './builds/view.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
const history = () => {
  const made = openHistory();
  open.push(made);
  return made;
};

/** Counts attempts, so that an event folded twice shows. */
const attemptsMade: Projection<{ attempts: number }, RecoveryEvent, typeof NO_RULES> = {
  name: 'attempts-made',
  version: 1,
  fields: { attempts: 'integer' },
  indexes: [],
  key: ({ stream }) => stream,
  evolve: {
    ContactAttempted: (fact) => ({ attempts: (fact?.attempts ?? 0) + 1 }),
    NoteAdded: (fact, { data }) => {
      if (data.note === 'unreadable') throw new Error('What was noted cannot be read.');
      return fact;
    },
    CaseMerged: () => undefined,
  },
};
const projections: readonly AnyProjection<Inputs>[] = [attemptsMade, queues, cases, clocks, rootCauses, funnel, times];

const opening = (id: string): GivenEvent => ({
  stream: `case-${id}`,
  event: {
    type: 'CaseOpened',
    data: { case: id, customer: `customer-${id}`, kind: 'recover', priority: 'high', tags: [] },
  },
  customer: `customer-${id}`,
});
const then = (id: string, event: CaseEvent): GivenEvent => ({
  stream: `case-${id}`,
  event,
  customer: `customer-${id}`,
});
const tried: CaseEvent = { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'no-answer' } };
const noted = (note: string): CaseEvent => ({ type: 'NoteAdded', data: { note } });

const happenings: readonly CaseEvent[] = [
  tried,
  noted('called'),
  { type: 'CaseAssigned', data: { owner: 'ana', by: 'rule' } },
  { type: 'CasePriorityChanged', data: { priority: 'low' } },
  { type: 'CaseSubmitted', data: {} },
  { type: 'CaseApproved', data: {} },
  { type: 'CaseMerged', data: { into: 'z' } },
  { type: 'RootCauseIdentified', data: { cause: ['process', 'billing'] } },
];
/** Corrects the priority of the opening, whose id `appendEvents` made. */
const corrected = (id: string, priority: string): CaseEvent => ({
  type: 'EventCorrected',
  data: { corrects: idOf(`case-${id}`, 1), correctsType: 'CaseOpened', reason: 'mistyped', set: { priority } },
});
const happened = fc
  .constantFrom('a', 'b', 'c', 'd', 'e')
  .chain((id) =>
    fc.tuple(fc.constant(id), fc.constantFrom(...happenings, corrected(id, 'low'), corrected(id, 'urgent'))),
  );
const histories = fc
  .array(happened, { maxLength: 60 })
  .map((given) => ['a', 'b', 'c', 'd', 'e'].map(opening).concat(given.map(([id, event]) => then(id, event))));

const build = { projections, inputs: NO_RULES, ruleBooks: {}, reason: 'test' };

/** Every event of a batch twice, and every batch twice. */
const stuttering = (events: EventStore): EventStore => ({
  ...bound(events),
  async *readAll(options): AsyncIterable<Batch> {
    for await (const { events: some, position } of events.readAll(options)) {
      const batch = { events: some.flatMap((event) => [event, event]), position };
      yield batch;
      yield batch;
    }
  },
});

/** Fails before or after the n-th flush. */
const dying = (reads: ReadStore, at: number, after: boolean): ReadStore => {
  let flushes = 0;
  return {
    ...bound(reads),
    async flush(generation, flush) {
      const last = ++flushes === at;
      if (last && !after) throw new Error('killed');
      await reads.flush(generation, flush);
      if (last) throw new Error('killed');
    },
  };
};

/** Stores a part of the n-th flush and no checkpoint, like a store without transactions, and fails. */
const halfStoring = (reads: ReadStore, at: number, kept: number): ReadStore => {
  let flushes = 0;
  return {
    ...bound(reads),
    flushesWhole: false,
    async flush(generation, flush) {
      if (++flushes !== at) return reads.flush(generation, flush);
      const writes = flush.writes.slice(0, Math.ceil(kept * flush.writes.length));
      await reads.flush(generation, { ...flush, shards: [], writes });
      throw new Error('killed');
    },
  };
};

/** Refuses a whole flush if one document is too long. */
const holding = (reads: ReadStore, most: number): ReadStore => {
  const refuseTooLarge: ReadStore['refuseTooLarge'] = ({ name }, id, document) => {
    if (JSON.stringify(document).length > most) throw new TypeError(`${name} ${id} is too large.`);
  };
  return {
    ...bound(reads),
    refuseTooLarge,
    async flush(generation, flush) {
      for (const { collection: name, id, document } of flush.writes)
        if (document) refuseTooLarge({ name, fields: {} }, id, document);
      await reads.flush(generation, flush);
    },
  };
};

test('any history gives one digest, by any batch size, killed anywhere, delivered twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      histories,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 12 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 5 }),
      async (given, batchSize, killAt, after, cached) => {
        const { events, close } = openHistory();
        const [one, other] = [openReads(), openReads()];
        try {
          await appendEvents(events, given);
          const whole = await rebuild({ ...build, events, reads: one });
          const options = { ...build, events: stuttering(events), batchSize, cached, stepMs: 0 };
          await rebuild({ ...options, reads: dying(other, killAt, after) }).catch((error: Error) => {
            if (error.message !== 'killed') throw error;
          });
          const resumed = await rebuild({ ...options, reads: other });
          expect(await digestBuild(other, resumed.id)).toEqual(await digestBuild(one, whole.id));
        } finally {
          await Promise.all([close(), one.close(), other.close()]);
        }
      },
    ),
    { numRuns: 25 },
  );
});

/** Cases that open while others go on, and may soon close. */
const openedOnTheWay = fc.array(happened, { minLength: 1, maxLength: 40 }).map((given) => {
  const known = new Set<string>();
  return given.flatMap(([id, event]) => {
    const first = known.has(id) ? [] : [opening(id)];
    known.add(id);
    return [...first, then(id, event)];
  });
});

test('a fold corrects what a flush that was cut off has stored, however the events come again', async () => {
  const cutOff = fc.record({
    killAt: fc.integer({ min: 1, max: 4 }),
    kept: fc.double({ min: 0, max: 1, noNaN: true }),
    batches: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 40 })),
    cached: fc.constantFrom(1, 8_000),
  });
  await fc.assert(
    fc.asyncProperty(openedOnTheWay, cutOff, async (given, { killAt, kept, batches: [first, then], cached }) => {
      const { events, close } = openHistory();
      const [one, other] = [openReads(), openReads()];
      try {
        await appendEvents(events, [opening('before')]);
        const { id } = await rebuild({ ...build, events, reads: other });
        await appendEvents(events, given);
        const options = { ...build, events, cached, stepMs: 0 };
        await catchUp(id, { ...options, reads: halfStoring(other, killAt, kept), batchSize: first }).catch(
          (error: Error) => {
            if (error.message !== 'killed') throw error;
          },
        );
        await catchUp(id, { ...options, reads: halfStoring(other, Infinity, 0), batchSize: then });
        const whole = await rebuild({ ...build, events, reads: one });
        expect(await digestBuild(other, id)).toEqual(await digestBuild(one, whole.id));
      } finally {
        await Promise.all([close(), one.close(), other.close()]);
      }
    }),
    { numRuns: 60 },
  );
});

test('a stopped build resumes where it was', async () => {
  const { events, reads } = history();
  await appendEvents(events, [opening('a'), opening('b')]);
  const stopping = new AbortController();
  const options = { ...build, events, reads };
  // Stop between the shards of the two customers.
  const onProgress = ({ share }: Progress): void => (share > 0.5 ? stopping.abort() : undefined);
  await expect(rebuild({ ...options, signal: stopping.signal, onProgress })).rejects.toThrow('aborted');
  const [half] = await reads.generations();
  expect(half).toMatchObject({ status: 'building' });
  // It folds the remaining shards first, then newer events.
  await appendEvents(events, [then('a', tried), then('b', tried)]);
  const resumed = await rebuild(options);
  expect(resumed).toMatchObject({ id: half?.id, status: 'ready' });
  const whole = await rebuild({ ...options, reason: 'undisturbed' });
  expect(await digestBuild(reads, resumed.id)).toEqual(await digestBuild(reads, whole.id));
});

test('a build that was stopped before its first shard starts again and leaves nothing behind', async () => {
  const { events, reads } = history();
  await appendEvents(events, [opening('a')]);
  const killed = rebuild({ ...build, events, reads: dying(reads, 1, false) });
  await expect(killed).rejects.toThrow('killed');
  const made = await rebuild({ ...build, events, reads });
  expect(await reads.generations()).toMatchObject([{ id: made.id, status: 'ready' }]);
});

test('a case that cannot be folded is parked with its later events, and no other case is', async () => {
  const { events, reads, parked } = history();
  await appendEvents(events, [
    opening('a'),
    opening('b'),
    then('a', noted('unreadable')),
    then('a', tried),
    then('b', tried),
  ]);
  const { id } = await rebuild({ ...build, events, reads, parked });
  expect(await parked.list(id)).toMatchObject([
    { projection: 'attempts-made', key: 'case-a', error: expect.stringContaining('cannot be read'), events: [{}, {}] },
  ]);
  expect(await reads.get('attempts-made', 'case-b', id)).toMatchObject({ document: { attempts: 1 } });
  expect(await reads.get('attempts-made', 'case-a', id)).toBeUndefined();
  expect(await reads.get('queues', 'a', id)).toMatchObject({ document: { attempts: 1 } });

  await appendEvents(events, [then('a', tried)]);
  await catchUp(id, { ...build, events, reads, parked });
  expect((await parked.list(id))[0]?.events).toHaveLength(3);
});

test('a document that cannot be shown parks its case from the event that caused it, and shows it up to there', async () => {
  const { events, reads, parked } = history();
  const corrected: CaseEvent = {
    type: 'EventCorrected',
    data: { corrects: idOf('case-a', 1), correctsType: 'CaseOpened', set: { product: 7 }, reason: 'typed wrong' },
  };
  await appendEvents(events, [opening('a'), opening('b'), then('a', tried), then('a', corrected), then('a', tried)]);
  const { id } = await rebuild({ ...build, events, reads, parked });
  expect((await parked.list(id)).filter(({ projection }) => projection === 'cases')).toMatchObject([
    { key: 'a', error: expect.stringContaining('product is declared as string'), events: [{ revision: 3 }, {}] },
  ]);
  expect(await reads.get('cases', 'a', id)).toMatchObject({ document: { product: null, attempts: [{}] } });
  expect(await reads.get('cases', 'b', id)).toBeDefined();
});

test('a case that grows too large for the store keeps its last document, and the others go on', async () => {
  const { events, reads, parked } = history();
  const long = noted('x'.repeat(10_000));
  await appendEvents(events, [opening('a'), opening('b'), then('a', long), then('a', long), then('b', tried)]);
  const { id } = await rebuild({ ...build, events, reads: holding(reads, 15_000), parked });
  const waiting = async () => (await parked.list(id)).filter(({ projection }) => projection === 'cases');
  expect(await waiting()).toMatchObject([
    { key: 'a', error: expect.stringContaining('cases a is too large'), events: [{ revision: 3 }] },
  ]);
  await appendEvents(events, [then('a', tried), then('b', tried)]);
  await catchUp(id, { ...build, events, reads: holding(reads, 15_000), parked });
  expect(await waiting()).toMatchObject([{ events: [{ revision: 3 }, { revision: 4 }] }]);
  expect(await reads.get('cases', 'a', id)).toMatchObject({ document: { notes: [{}], attempts: [] } });
  expect(await reads.get('cases', 'b', id)).toMatchObject({ document: { attempts: [{}, {}] } });
});

test('without a list of parked events, an event that cannot be folded stops the build with its own error', async () => {
  const { events, reads } = history();
  await appendEvents(events, [opening('a'), then('a', noted('unreadable'))]);
  await expect(rebuild({ ...build, events, reads })).rejects.toThrow('What was noted cannot be read.');
});

test('verification compares the live build with a new one and names a changed document', async () => {
  const { events, reads } = history();
  await appendEvents(events, [opening('a'), opening('b'), then('a', tried)]);
  const { id } = await rebuild({ ...build, events, reads });
  await switchGeneration(reads, id);
  const verify = () => verifyReadModels({ ...build, events, reads });
  expect(await verify()).toMatchObject({ equal: true, differences: [], digest: (await digestBuild(reads)).digest });

  const stored = await reads.get('queues', 'a');
  await reads.flush(id, {
    shards: [],
    position: '9'.repeat(stored?.position.length ?? 0),
    writes: [
      {
        collection: 'queues',
        id: 'a',
        shard: stored?.shard ?? 0,
        position: '9'.repeat(stored?.position.length ?? 0),
        document: { ...stored?.document, owner: 'eve' },
      },
    ],
  });
  expect(await verify()).toMatchObject({
    equal: false,
    differences: [{ readModel: 'queues', id: 'a', live: { owner: 'eve' }, rebuilt: { owner: null } }],
  });
});

test('verification compares with what is folded by the end, where events came while it folded', async () => {
  const { events, reads } = history();
  await appendEvents(events, [opening('a'), opening('b')]);
  const { id } = await rebuild({ ...build, events, reads });
  await switchGeneration(reads, id);
  const expected: number[] = [];
  const verified = await verifyReadModels({
    ...build,
    events,
    reads,
    expect: (checkpoints) => {
      expected.push(checkpoints.size);
      return expectedDigests(checkpoints, { ...build, events });
    },
    whilePaused: async (work) => {
      await appendEvents(events, [then('a', tried)]);
      await catchUp(id, { ...build, events, reads });
      return work();
    },
  });
  expect(verified).toMatchObject({ equal: true, digest: (await digestBuild(reads)).digest });
  // All shards, and then the one that an event came to.
  expect(expected).toEqual([256, 1]);
});

test('a switch is one step, and a rollback is the same step back', async () => {
  const { events, reads } = history();
  await appendEvents(events, [opening('a')]);
  const first = await rebuild({ ...build, events, reads });
  await switchGeneration(reads, first.id);
  const second = await rebuild({ ...build, events, reads, reason: 'other rules' });
  expect(await switchGeneration(reads, second.id)).toEqual({ from: first.id, to: second.id });
  expect(await switchGeneration(reads, first.id)).toEqual({ from: second.id, to: first.id });
});

test('a view known at an instant leaves out what became known later', async () => {
  const { events } = history();
  const scratch = openReads();
  open.push(scratch);
  await appendEvents(events, [opening('a'), { ...then('a', tried), knownAt: '2031-06-01T00:00:00.000Z' }]);
  await buildAndServe({ ...build, events, reads: scratch, knownAt: '2031-05-31T00:00:00.000Z' });
  expect(await scratch.get('queues', 'a')).toMatchObject({ document: { attempts: 0 } });
});

test('an event that a source dates before its case began is not known before the case', async () => {
  const { events } = history();
  const early = { ...then('a', tried), knownAt: '2031-05-30T00:00:00.000Z' };
  await appendEvents(events, [{ ...opening('a'), knownAt: '2031-06-01T00:00:00.000Z' }, early, opening('b')]);
  const view = async (knownAt: string) => {
    const scratch = openReads();
    open.push(scratch);
    const generation = await buildAndServe({ ...build, events, reads: scratch, knownAt });
    return { scratch, generation };
  };
  const { scratch, generation } = await view('2031-05-31T00:00:00.000Z');
  expect((await scratch.find('cases', {})).documents).toMatchObject([{ id: 'b' }]);
  // The same for events that come while it is read.
  await appendEvents(events, [early]);
  await catchUp(generation, { ...build, events, reads: scratch, knownAt: '2031-05-31T00:00:00.000Z' });
  expect((await scratch.find('cases', {})).documents).toMatchObject([{ id: 'b' }]);
  const later = await view('2031-06-01T00:00:00.000Z');
  expect(await later.scratch.get('queues', 'a')).toMatchObject({ document: { attempts: 2 } });
});

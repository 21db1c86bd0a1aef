import { afterEach, expect, test } from '@jest/globals';
import { NO_RULES } from '../read-models/documents.testing.js';
import { READ_MODELS } from '../read-models/read-models.js';
import type { CaseEvent } from '../recovery/case/case-events.js';
import { digestBuild } from './digest.js';
import { ReadModelFollower } from './follower.js';
import { switchGeneration } from './generations.js';
import { openHistory, openReads, tell, type Told } from './history.testing.js';
import { rebuild } from './rebuild.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const build = { projections: READ_MODELS, inputs: NO_RULES, ruleBooks: {}, reason: 'test' };
const opening = (id: string): Told => ({
  stream: `case-${id}`,
  event: {
    type: 'CaseOpened',
    data: { case: id, customer: 'customer-1', kind: 'recover', priority: 'high', tags: [] },
  },
});
const then = (id: string, event: CaseEvent): Told => ({ stream: `case-${id}`, event });
const assigned: CaseEvent = { type: 'CaseAssigned', data: { owner: 'ana', by: 'rule' } };
/** A history that contradicts itself: nobody opened the case. */
const impossible = then('x', assigned);

async function following() {
  const { events, reads, parked, close } = openHistory();
  closing.push(close);
  await tell(events, [opening('a')]);
  const { id } = await rebuild({ ...build, events, reads });
  await switchGeneration(reads, id);
  const failures: unknown[] = [];
  const follower = new ReadModelFollower({
    events,
    reads,
    parked,
    projections: READ_MODELS,
    inputs: () => Promise.resolve(NO_RULES),
    onFailure: (_, error) => failures.push(error),
  });
  closing.push(() => follower.stop());
  await follower.refresh();
  const caughtUp = async () => follower.waitFor(0, (await events.end()) ?? '', 5_000);
  return { events, reads, parked, follower, failures, live: id, caughtUp };
}

test('what was written is read once its position is waited for', async () => {
  const { events, reads, caughtUp } = await following();
  await tell(events, [opening('b'), then('b', assigned)]);
  expect(await caughtUp()).toBe(true);
  expect(await reads.get('queues', 'b')).toMatchObject({ document: { owner: 'ana' } });
});

test('waiting for what is not written yet ends at the deadline', async () => {
  const { follower } = await following();
  expect(await follower.waitFor(0, '~', 10)).toBe(false);
});

test('followed and rebuilt are the same by digest', async () => {
  const { events, reads, caughtUp } = await following();
  await tell(events, [opening('b'), then('a', assigned), then('b', assigned)]);
  await caughtUp();
  const aside = openReads();
  closing.push(() => aside.close());
  const { id } = await rebuild({ ...build, events, reads: aside });
  expect(await digestBuild(reads)).toEqual(await digestBuild(aside, id));
});

test('the build before the switch is fed until it is released', async () => {
  const { events, reads, follower, live, caughtUp } = await following();
  const { id } = await rebuild({ ...build, events, reads, reason: 'other rules' });
  await switchGeneration(reads, id);
  await follower.refresh();
  await tell(events, [opening('b')]);
  await caughtUp();
  const end = await events.end();
  while ((await follower.lag()).some(({ position }) => position !== end)) await new Promise(setImmediate);
  expect(await reads.get('queues', 'b', live)).toBeDefined();
  expect(await reads.get('queues', 'b', id)).toBeDefined();
});

test('a case that cannot be folded is parked, shown, and taken up again', async () => {
  const { events, parked, follower, live, caughtUp } = await following();
  await tell(events, [impossible]);
  await caughtUp();
  expect(await follower.lag()).toMatchObject([{ state: 'following', seconds: 0, parked: { queues: 1, clocks: 1 } }]);
  expect(await follower.retry(live, 'queues', 'x')).toBe(false);
  expect(await follower.skip(live, 'queues', 'x')).toBe(true);
  expect(await parked.get(live, 'queues', 'x')).toBeUndefined();
});

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALL_SHARDS } from '../../event-sourcing/shard.js';
import { Leases } from '../../ledger/leases.js';
import { SqliteLedger } from '../../ledger/sqlite/sqlite-ledger.js';
import { NO_RULES } from '../../read-models/documents.testing.js';
import { READ_MODELS } from '../../read-models/read-models.js';
import { digestBuild } from '../digest/digest.js';
import { ReadModelsElsewhere } from './followed-elsewhere.js';
import { ReadModelFollower } from './follower.js';
import { FollowedElsewhere } from './following.js';
import { switchGeneration } from '../builds/generations.js';
import { openHistory, openReads, appendEvents, type GivenEvent } from '../history.testing.js';
import { rebuild } from '../builds/rebuild.js';
import { SharedShards } from './shared-shards.js';

const LASTS_MS = 15_000;
const at = (seconds: number): Date => new Date(Date.parse('2031-05-05T09:00:00.000Z') + seconds * 1_000);
const sorted = (...shards: (readonly number[])[]): readonly number[] => shards.flat().toSorted((a, b) => a - b);

let folder: string;
let ledger: SqliteLedger;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amends-shards-'));
  ledger = SqliteLedger.open({ path: join(folder, 'ledger.db'), mode: 'write' });
});
afterEach(async () => {
  await ledger.close();
  rmSync(folder, { recursive: true });
});

const projector = (name: string) => new SharedShards(new Leases(ledger, name, LASTS_MS), 'projector');

test('one projector has all shards; a second gets half of them as soon as the first releases them', async () => {
  const [a, b] = [projector('a'), projector('b')];
  expect(await a.renew(at(0))).toEqual(ALL_SHARDS);
  expect(await b.renew(at(1))).toEqual([]);
  const left = await a.renew(at(2));
  const taken = await b.renew(at(3));
  expect([left.length, taken.length]).toEqual([128, 128]);
  expect(sorted(left, taken)).toEqual(ALL_SHARDS);
});

test('the others take over the shards of a lost projector when its leases run out, and not before', async () => {
  const [a, b] = [projector('a'), projector('b')];
  await a.renew(at(0));
  await b.renew(at(1));
  await a.renew(at(2));
  expect(await b.renew(at(3))).toHaveLength(128);
  // Projector a is lost here.
  expect(await b.renew(at(16))).toHaveLength(128);
  expect(await b.renew(at(18))).toEqual(ALL_SHARDS);
  expect(await a.renew(at(19))).toEqual([]);
});

test('killed projectors are forgotten, however many there are', async () => {
  for (let start = 0; start < 5; start++) await projector(`start ${start}`).renew(at(start * 20));
  expect((await ledger.list('lease/projector-member/')).map(({ key }) => key)).toEqual([
    'lease/projector-member/start 4',
  ]);
});

test('the shards of a projector that leaves can be taken at once', async () => {
  const [a, b] = [projector('a'), projector('b')];
  await a.renew(at(0));
  await a.leave();
  expect(await b.renew(at(0))).toEqual(ALL_SHARDS);
});

test('two projectors that ask at once never share a shard', async () => {
  const many = ['a', 'b', 'c'].map(projector);
  for (let round = 0; round < 4; round++) await Promise.all(many.map((one) => one.renew(at(round))));
  const shares = await Promise.all(many.map((one) => one.renew(at(5))));
  expect(sorted(...shares)).toEqual(ALL_SHARDS);
  for (const share of shares) expect(share.length).toBeLessThanOrEqual(96);
});

test('two projectors share, one is lost, the other takes over: the digest is that of a rebuild', async () => {
  const { events, reads, parked, close } = openHistory();
  const build = { projections: READ_MODELS, inputs: NO_RULES, ruleBooks: {}, reason: 'test' };
  const given = (from: number): GivenEvent[] =>
    Array.from({ length: 40 }, (_, n) => `${from + n}`).flatMap((id) => {
      const of = { stream: `case-${id}`, customer: `customer-${id}` };
      const opened = { case: id, customer: of.customer, kind: 'recover' as const, priority: 'high' as const, tags: [] };
      return [
        { ...of, event: { type: 'CaseOpened' as const, data: opened } },
        { ...of, event: { type: 'CaseAssigned' as const, data: { owner: 'ana', by: 'rule' as const } } },
      ];
    });
  await appendEvents(events, given(0));
  const { id } = await rebuild({ ...build, events, reads });
  await switchGeneration(reads, id);
  const follower = () =>
    new ReadModelFollower({
      events,
      reads,
      parked,
      projections: READ_MODELS,
      inputs: () => Promise.resolve(NO_RULES),
      onFailure: (_, error) => {
        throw error;
      },
    });
  const one = { shards: projector('one'), follower: follower() };
  const other = { shards: projector('other'), follower: follower() };
  const share = async ({ shards, follower }: typeof one, now: Date) => follower.share(await shards.renew(now));
  for (const seconds of [0, 2, 4]) for (const each of [one, other]) await share(each, at(seconds));
  const seen = new ReadModelsElsewhere(events, reads, parked);

  await appendEvents(events, given(100));
  await seen.caughtUp(id);
  const [anyCase] = await events.readStream('case-100').then(({ events: found }) => found);
  expect(await seen.waitFor(anyCase?.shard ?? -1, anyCase?.position ?? '', 5_000)).toBe(true);
  await expect(seen.retry()).rejects.toThrow(FollowedElsewhere);

  await one.follower.stop(); // killed: it releases nothing
  await appendEvents(events, given(200));
  const end = (await events.end()) ?? '';
  await share(other, at(10));
  expect([...(await reads.checkpoints(id)).values()].some((position) => position < end)).toBe(true);
  await share(other, at(20));
  await seen.caughtUp(id);
  await other.follower.stop();

  const scratch = openReads();
  const { id: rebuilt } = await rebuild({ ...build, events, reads: scratch });
  expect(await digestBuild(reads)).toEqual(await digestBuild(scratch, rebuilt));
  await scratch.close();
  await close();
});

test('a projector without shards folds nothing, even after a refresh', async () => {
  const { events, reads, parked, close } = openHistory();
  const opened = { case: 'a', customer: 'customer-a', kind: 'recover' as const, priority: 'high' as const, tags: [] };
  await appendEvents(events, [{ stream: 'case-a', event: { type: 'CaseOpened', data: opened } }]);
  const { id } = await rebuild({
    projections: READ_MODELS,
    inputs: NO_RULES,
    ruleBooks: {},
    reason: 'test',
    events,
    reads,
  });
  await switchGeneration(reads, id);
  const follower = new ReadModelFollower({
    events,
    reads,
    parked,
    projections: READ_MODELS,
    inputs: () => Promise.resolve(NO_RULES),
    onFailure: (_, error) => {
      throw error;
    },
  });
  await follower.share([]);
  await follower.refresh();
  expect(await follower.lag()).toEqual([]);
  await follower.share(ALL_SHARDS);
  expect(await follower.lag()).toMatchObject([{ generation: id, state: 'following' }]);
  await follower.stop();
  await close();
});

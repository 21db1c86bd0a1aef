import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Inputs } from '../../read-models/inputs.js';
import { READ_MODELS } from '../../read-models/read-models.js';
import { compileRules } from '../../recovery/rules/compile.js';
import type { RulesEvent } from '../../recovery/rules/rules-events.js';
import { RESOLVE, rulesOf } from '../../recovery/clocks/case-clocks.testing.js';
import { DirectBuilds } from '../../builds/direct-builds.js';
import { booksOf } from './kept-builds.js';
import { digestBuild } from '../digest/digest.js';
import { openHistory, appendEvents, type GivenEvent } from '../history.testing.js';
import type { AnyProjection } from '../../event-sourcing/projection.js';
import { loadRuleBooks } from './rule-books.js';
import { verifyReadModels } from '../digest/verify.js';

const PROJECTIONS = READ_MODELS as readonly AnyProjection<Inputs>[];
const EIGHT_HOURS = rulesOf([{ ...RESOLVE, goals: [{ within: '8h' }] }]);
const SIX_HOURS = rulesOf([{ ...RESOLVE, goals: [{ within: '6h' }] }], { title: 'Care, sooner' });
const [eight, six] = [compileRules(EIGHT_HOURS).hash, compileRules(SIX_HOURS).hash];
const MONDAY = '2031-05-05T09:00:00.000Z';

const ofRules = (event: RulesEvent, occurredAt: string): GivenEvent => ({ stream: 'rules-care', event, occurredAt });
const drafted = (ruleSet: string, content: object) =>
  ofRules({ type: 'RuleSetDrafted', data: { programme: 'care', ruleSet, content } }, '2031-01-01T00:00:00.000Z');
const activated = (ruleSet: string, from: string | null, at: string) =>
  ofRules({ type: 'RuleSetActivated', data: { programme: 'care', ruleSet, from, overThePast: false } }, at);
const opened: GivenEvent = {
  stream: 'case-k',
  occurredAt: MONDAY,
  event: {
    type: 'CaseOpened',
    data: { case: 'k', customer: 'customer-1', kind: 'recover', priority: 'normal', tags: [] },
  },
};

let store: ReturnType<typeof openHistory>;
beforeEach(async () => {
  store = openHistory();
  await appendEvents(store.events, [
    drafted(eight, EIGHT_HOURS),
    drafted(six, SIX_HOURS),
    activated(eight, null, '2031-01-01T00:00:00.000Z'),
    opened,
  ]);
});
afterEach(() => store.close());

const serve = () => new DirectBuilds({ ...store, stepMs: Infinity }).serve();
const shown = async () => ({
  queue: (await store.reads.get('queues', 'k'))?.document,
  clock: (await store.reads.get('clocks', 'k:resolve:1'))?.document,
});
const isProven = async () => {
  const live = await store.reads.live();
  const history = await loadRuleBooks(store.events);
  const inputs = new Inputs(live ? booksOf(live.stamp, history) : history.books);
  return (await verifyReadModels<Inputs>({ ...store, projections: PROJECTIONS, inputs })).equal;
};

test.each([
  ['that held at once', '2031-05-05T12:00:00.000Z', '2031-05-05T12:00:00.000Z'],
  ['that are still to come', '2031-05-05T12:00:00.000Z', '2031-05-05T10:00:00.000Z'],
])('rules %s move the due times that are shown, without another event of the case', async (_, from, at) => {
  await serve();
  expect(await shown()).toMatchObject({ queue: { nextDueAt: '2031-05-05T17:00:00.000Z' } });

  await appendEvents(store.events, [activated(six, from, at)]);
  await serve();
  expect(await shown()).toMatchObject({
    queue: { nextDueAt: '2031-05-05T15:00:00.000Z' },
    clock: { state: 'running', dueAt: '2031-05-05T15:00:00.000Z', originalDueAt: '2031-05-05T17:00:00.000Z' },
  });
  expect(await isProven()).toBe(true);
});

test('a build goes on under the rules it was begun with, so that going back to them ends at their digest', async () => {
  const first = await serve();
  const { digest } = await digestBuild(store.reads);
  await appendEvents(store.events, [activated(six, '2031-05-05T12:00:00.000Z', '2031-05-05T12:00:00.000Z')]);
  expect((await serve()).id).not.toBe(first.id);
  expect((await digestBuild(store.reads)).digest).not.toBe(digest);

  const book = [{ ruleSet: eight, from: null }];
  const back: RulesEvent = { type: 'RuleSetRolledBack', data: { programme: 'care', book, reason: 'too tight' } };
  await appendEvents(store.events, [ofRules(back, '2031-05-05T13:00:00.000Z')]);
  expect((await serve()).id).toBe(first.id);
  expect((await digestBuild(store.reads)).digest).toBe(digest);
});

import { Inputs } from '../read-models/inputs.js';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isRefusal } from '../event-sourcing/decider.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Ledger } from '../ledger/ledger.js';
import { SqliteLedger } from '../ledger/sqlite/sqlite-ledger.js';
import type { RecoveryEvent } from '../recovery/history.js';
import { compileRules } from '../recovery/rules/compile.js';
import type { RuleSet } from '../recovery/rules/rule-set.js';
import { opened, RESOLVE, rulesOf, submitted } from '../recovery/clocks/case-clocks.testing.js';
import { booksOf } from '../replay/builds/kept-builds.js';
import { digestBuild } from '../replay/digest/digest.js';
import { switchGeneration } from '../replay/builds/generations.js';
import { appendEvents } from '../replay/history.testing.js';
import { catchUp, rebuild } from '../replay/builds/rebuild.js';
import { loadRuleBooks } from '../replay/builds/rule-books.js';
import { READ_AT, caseEvents, historyOf, inForce, rulesEvent, PROJECTIONS } from './rehearsing.testing.js';
import { carryOut, type CarriedOut } from './carry-out.js';
import { keepPlan, planTo } from './plan.js';
import type { Rehearsal } from './rehearse.js';

const LONG = rulesOf([{ ...RESOLVE, goals: [{ within: '8h' }] }]);
const SHORT: RuleSet = rulesOf([{ ...RESOLVE, goals: [{ within: '1h' }] }], { title: 'Care, sooner' });
const programme = 'care';
const ruleSet = compileRules(SHORT).hash;
const seven = caseEvents('seven', ['2031-05-05T09:00Z', opened()], ['2031-05-05T16:00Z', submitted]);
const eight = caseEvents('eight', ['2031-05-06T09:00Z', opened()], ['2031-05-06T16:00Z', submitted]);

let world: Awaited<ReturnType<typeof historyOf>>;
let ledger: Ledger;
beforeEach(async () => {
  world = await historyOf(...inForce(LONG), ...seven);
  ledger = SqliteLedger.open({ path: ':memory:', mode: 'write' });
  await happens({ type: 'RuleSetDrafted', data: { programme, ruleSet, content: SHORT } });
});
afterEach(async () => {
  await ledger.close();
  await world.store.close();
});

const happens = (event: RecoveryEvent): Promise<void> => appendEvents(world.store.events, [rulesEvent(event)]);

async function rehearsed(since?: string): Promise<Rehearsal> {
  const candidate = { ruleSet: SHORT, ...(since === undefined ? {} : { since }) };
  const rehearsal = await world.rehearsed(SHORT, { candidate });
  const { digestBefore, digestAfter, changedCount } = rehearsal;
  await keepPlan(ledger, rehearsal);
  await happens({ type: 'RuleSetRehearsed', data: { programme, ruleSet, digestBefore, digestAfter, changedCount } });
  return rehearsal;
}

const approved = ({ digestBefore, digestAfter }: Rehearsal): Promise<void> =>
  happens({ type: 'RuleSetApproved', data: { programme, ruleSet, reason: 'right', digestBefore, digestAfter } });

function carriedOut(): ReturnType<typeof carryOut> {
  const { events, reads } = world.store;
  const common = { reads, projections: PROJECTIONS, stepMs: Infinity };
  return carryOut({
    events,
    reads,
    ledger,
    projections: PROJECTIONS,
    programme,
    ruleSet,
    at: READ_AT,
    build: ({ events: past, rules, reason }) =>
      rebuild({
        ...common,
        events: past as EventStore,
        inputs: new Inputs(rules.books),
        ruleBooks: rules.entries,
        reason,
      }),
    catchUp: ({ id, stamp }, rules) => catchUp(id, { ...common, events, inputs: new Inputs(booksOf(stamp, rules)) }),
  });
}

const done = async (): Promise<CarriedOut> => {
  const carried = await carriedOut();
  if (isRefusal(carried)) throw new Error(carried.because);
  return carried;
};

/** Brings the live build to the end of history. */
async function follow(): Promise<void> {
  const { events, reads } = world.store;
  const live = await reads.live();
  if (!live) throw new Error('Nothing is served.');
  const inputs = new Inputs(booksOf(live.stamp, await loadRuleBooks(events)));
  await catchUp(live.id, { events, reads, projections: PROJECTIONS, inputs });
}

describe('what was rehearsed and approved', () => {
  test('is built to the digest that was approved', async () => {
    const rehearsal = await rehearsed();
    await approved(rehearsal);
    const { digestBefore, digestAfter, generation, since } = await done();
    expect({ digestBefore, digestAfter }).toEqual({
      digestBefore: rehearsal.digestBefore,
      digestAfter: rehearsal.digestAfter,
    });
    expect(since).toMatchObject({ events: 0, changedRehearsed: 1, changedNow: 1 });
    expect(generation.status).toBe('ready'); // carryOut does not switch
    expect((await digestBuild(world.store.reads)).digest).toBe(rehearsal.digestBefore);
  });

  test('folds the events since then, and shows their effect', async () => {
    const rehearsal = await rehearsed();
    await approved(rehearsal);
    await appendEvents(world.store.events, eight);
    await follow();
    const { since, digestAfter } = await done();
    expect(since).toEqual({
      events: 2,
      digestRehearsed: rehearsal.digestAfter,
      changedRehearsed: 1,
      changedNow: 2,
    });
    expect(digestAfter).not.toBe(rehearsal.digestAfter);
  });

  test('and back again ends at the first digest', async () => {
    const rehearsal = await rehearsed();
    await approved(rehearsal);
    const { reads } = world.store;
    const before = await reads.live();
    await switchGeneration(reads, (await done()).generation.id);
    expect((await digestBuild(reads)).digest).toBe(rehearsal.digestAfter);
    await switchGeneration(reads, before?.id ?? 0);
    expect((await digestBuild(reads)).digest).toBe(rehearsal.digestBefore);
  });
});

describe('is refused with what has changed', () => {
  test('if nobody rehearsed it', async () => {
    expect(await carriedOut()).toMatchObject({ refused: 'rule-set-not-rehearsed' });
  });
  test('if nobody approved it', async () => {
    await rehearsed();
    expect(await carriedOut()).toMatchObject({ refused: 'rule-set-not-approved' });
  });
  test('if it was approved without a rehearsal', async () => {
    await happens({ type: 'RuleSetApproved', data: { programme, ruleSet, reason: 'trust me' } });
    await rehearsed();
    expect(await carriedOut()).toMatchObject({ refused: 'rule-set-not-rehearsed' });
  });
  test('if a later rehearsal gave another digest', async () => {
    await approved(await rehearsed());
    await appendEvents(world.store.events, eight);
    await rehearsed();
    expect(await carriedOut()).toMatchObject({ refused: 'approval-outdated' });
  });
  test('if it was rehearsed from a time on, and not over the past', async () => {
    await approved(await rehearsed('2031-05-01T00:00:00.000Z'));
    expect(await carriedOut()).toMatchObject({ refused: 'rehearsed-from-a-time-on' });
  });
  test('if other rules took force since', async () => {
    await approved(await rehearsed());
    const other = rulesOf([RESOLVE], { title: 'Care, otherwise' });
    const { hash } = compileRules(other);
    await happens({ type: 'RuleSetDrafted', data: { programme, ruleSet: hash, content: other } });
    await happens({
      type: 'RuleSetActivated',
      data: { programme, ruleSet: hash, from: '2031-06-01T00:00:00.000Z', overThePast: false },
    });
    const refused = await carriedOut();
    expect(refused).toMatchObject({ refused: 'rule-book-moved' });
    expect(isRefusal(refused) && refused.because).toContain(hash.slice(0, 12));
  });
  test('if other rules took force since, even if another rehearsal gives the same digest', async () => {
    await approved(await rehearsed());
    const other = rulesOf([{ ...RESOLVE, goals: [{ within: '2h' }] }], { title: 'Care, otherwise' });
    const { hash } = compileRules(other);
    await happens({ type: 'RuleSetDrafted', data: { programme, ruleSet: hash, content: other } });
    await happens({ type: 'RuleSetActivated', data: { programme, ruleSet: hash, from: null, overThePast: true } });
    const again = await rehearsed();
    expect(await carriedOut()).toMatchObject({ refused: 'approval-outdated' });
    await approved(again);
    expect(isRefusal(await carriedOut())).toBe(false);
  });
  test('if the same history gives another digest now, and the build is dropped', async () => {
    const rehearsal = await rehearsed();
    const digestAfter = 'f'.repeat(64); // as another version of the read models would have given
    const plan = await planTo(ledger, rehearsal);
    await ledger.put({ key: `rehearsals/${programme}/${ruleSet}/${digestAfter}`, value: { ...plan, digestAfter } });
    const said = { programme, ruleSet, digestBefore: rehearsal.digestBefore, digestAfter, changedCount: 1 };
    await happens({ type: 'RuleSetRehearsed', data: said });
    await approved({ ...rehearsal, digestAfter });
    expect(await carriedOut()).toMatchObject({ refused: 'rehearsal-outdated' });
    expect((await world.store.reads.generations()).map(({ status }) => status)).toEqual(['live']);
  });
});

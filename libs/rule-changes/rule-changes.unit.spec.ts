import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DirectBuilds } from '../builds/direct-builds.js';
import { Commands } from '../commands/commands.js';
import { RulesInForce } from '../commands/rules-in-force.js';
import { isRefusal } from '../event-sourcing/decider.js';
import type { Ledger } from '../ledger/ledger.js';
import { SqliteLedger } from '../ledger/sqlite/sqlite-ledger.js';
import { opened, RESOLVE, rulesOf, submitted } from '../recovery/clocks/case-clocks.testing.js';
import { ruleSetHash } from '../recovery/rules/hash.js';
import type { RulesCommand } from '../recovery/rules/rule-decider.js';
import { keepPlan } from '../rehearsal/plan.js';
import { caseEvents, historyOf, inForce } from '../rehearsal/rehearsing.testing.js';
import { DECLARATIONS } from '../recovery/history.js';
import { PersonalData } from '../vault/personal-data.js';
import { commandRules } from './command-rules.js';
import { RuleChanges } from './rule-changes.js';

const LONG = rulesOf([{ ...RESOLVE, goals: [{ within: '8h' }] }]);
const SHORT = rulesOf([{ ...RESOLVE, goals: [{ within: '1h' }] }], { title: 'Care, sooner' });
const programme = 'care';
const short = { programme, ruleSet: ruleSetHash(SHORT) };

let world: Awaited<ReturnType<typeof historyOf>>;
let ledger: Ledger;
let commands: Commands;
let rules: RulesInForce;

beforeEach(async () => {
  world = await historyOf(
    ...inForce(LONG),
    ...caseEvents('seven', ['2031-05-05T09:00Z', opened()], ['2031-05-05T16:00Z', submitted]),
  );
  const { events } = world.store;
  ledger = SqliteLedger.open({ path: ':memory:', mode: 'write' });
  rules = await RulesInForce.load(events);
  commands = new Commands({
    events,
    personal: new PersonalData({ vault: ledger, keyEncryptionKey: Buffer.alloc(32, 7), declarations: DECLARATIONS }),
    now: () => new Date().toISOString(),
    rules: () => rules.books(),
    operators: async () => 1,
  });
});
afterEach(async () => {
  await ledger.close();
  await world.store.close();
});

const sent = (commandId: string) => ({ actor: { id: 'olga', role: 'operator' }, commandId });
const act = (command: RulesCommand) => commandRules({ commands, rules }, command, sent(command.type));

function changes(crashPoint: () => void = () => undefined): RuleChanges {
  const { events, reads } = world.store;
  const builds = new DirectBuilds({ events, reads, ledger, stepMs: Infinity });
  return new RuleChanges({ events, ledger, commands, rules, builds, crashPoint });
}

async function drafted(): Promise<void> {
  await act({ type: 'DraftRuleSet', ...short, content: SHORT });
}

async function rehearsedAndApproved(): Promise<void> {
  await drafted();
  const rehearsal = await world.rehearsed(SHORT);
  await keepPlan(ledger, rehearsal);
  const { digestBefore, digestAfter, changedCount } = rehearsal;
  await act({ type: 'RecordRehearsal', ...short, digestBefore, digestAfter, changedCount });
  await act({ type: 'ApproveRuleSet', ...short, reason: 'right' });
}

const crash = (): void => {
  throw new Error('The process ended.');
};
const served = async (): Promise<string | undefined> =>
  (await world.store.reads.live())?.stamp.ruleBooks[programme]?.at(-1)?.ruleSet;

test('a change that crashed before its switch is finished by the same command, and not done twice', async () => {
  await rehearsedAndApproved();
  await expect(changes(crash).activateOverThePast(short, sent('a'))).rejects.toThrow('ended');
  expect(await served()).toBe(ruleSetHash(LONG));
  const again = await changes().activateOverThePast(short, sent('a'));
  expect(await served()).toBe(short.ruleSet);
  expect(await changes().activateOverThePast(short, sent('a'))).toEqual(again);
  const { events } = await world.store.events.readStream('rules-care');
  expect(events.filter(({ commandId }) => commandId === 'a')).toHaveLength(1);
});

test('a roll-back returns to the digest of before, and answers alike when it is sent again', async () => {
  await rehearsedAndApproved();
  const activated = await changes().activateOverThePast(short, sent('a'));
  if (isRefusal(activated)) throw new Error(activated.because);
  const { digestBefore, digestAfter } = activated;
  const back = await changes().rollBack(programme, 'too tight', sent('b'));
  expect(back).toMatchObject({ digestBefore: digestAfter, digestAfter: digestBefore });
  expect(await changes().rollBack(programme, 'too tight', sent('b'))).toEqual(back);
  expect(await served()).toBe(ruleSetHash(LONG));
});

test('a replay needs no rehearsal', async () => {
  const replayed = await changes().replay(SHORT, 'a trial', sent('r'));
  expect(replayed).toMatchObject(short);
  expect(await served()).toBe(short.ruleSet);
});

test('a refusal is a value, and nothing is built or switched', async () => {
  await drafted();
  const generations = await world.store.reads.generations();
  expect(await changes().activateOverThePast(short, sent('a'))).toMatchObject({ refused: 'rule-set-not-rehearsed' });
  expect(await changes().activateFrom(short, undefined, sent('b'))).toMatchObject({ refused: 'rule-set-not-approved' });
  expect(await world.store.reads.generations()).toEqual(generations);
});

test('where no activation is left to undo, a roll-back is refused', async () => {
  await changes().replay(SHORT, 'a trial', sent('r'));
  await changes().rollBack(programme, 'enough', sent('a'));
  expect(await changes().rollBack(programme, 'once more', sent('b'))).toMatchObject({
    refused: 'nothing-to-roll-back',
  });
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Commands } from '../commands/commands.js';
import { RulesInForce } from '../commands/rules-in-force.js';
import { isRefusal } from '../event-sourcing/decider.js';
import { idOf } from '../event-sourcing/identity.js';
import { startRules } from '../import/starting-rules.js';
import { openStores, type Stores } from '../platform/stores/open-stores.js';
import { streamOf } from '../recovery/aggregates.js';
import { compileRules } from '../recovery/rules/compile.js';
import type { Contact } from './contact.js';
import type { ReceiveResponse } from './receive-response.js';
import { receiveResponse } from './receive.js';

const SURVEY = { id: 'survey-tool', role: 'integrator' } as const;
const { ruleSet, hash } = compileRules({
  programme: 'care',
  title: 'Care',
  reviewBy: '2032-05-05',
  fallbackOwner: 'duty-manager',
  calendars: {},
  targets: [],
});

let folder: string;
let stores: Stores;
let now: string;
let receive: (externalId: string, contact: Contact, more?: Partial<ReceiveResponse>) => Promise<void>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'amends-receive-'));
  stores = await openStores({ folder }, { mode: 'write' });
  now = '2031-05-05T09:00:00.000Z';
  const { events, personal } = stores;
  await startRules(events, { ruleSet, hash, now, actor: SURVEY });
  const rules = await RulesInForce.load(events);
  const surroundings = { events, personal, rules: () => rules.books(), now: () => now, operators: async () => 1 };
  const commands = new Commands(surroundings);
  receive = async (externalId, contact, more = {}) => {
    const sent = { source: 'survey', externalId, customer: 'c-77', kind: 'complaint', contact, ...more } as const;
    const received = await receiveResponse({ events, personal, commands, rules }, sent, SURVEY);
    if (isRefusal(received)) throw new Error(received.because);
  };
});
afterEach(async () => {
  await stores.close();
  rmSync(folder, { recursive: true, force: true });
});

const recordedOf = async (externalId: string) =>
  (await stores.events.readStream(streamOf('response', idOf('survey', externalId)))).events;

const contactKnown = async () => {
  const [customer = ''] = await stores.personal.find({ id: 'c-77' });
  return stores.personal.contactOf(customer);
};
const stored = async () => {
  const vault = (await stores.vault.list('')).map(({ key, version }) => ({ key, version }));
  const history: string[] = [];
  for await (const { events } of stores.events.readAll()) history.push(...events.map(({ id }) => id));
  return { vault, history };
};

test('a response of a programme whose first rules another process put in force is taken', async () => {
  const { ruleSet: other, hash: hashOfOther } = compileRules({ ...ruleSet, programme: 'repairs' });
  await expect(receive('r-1', {}, { programme: 'repairs' })).rejects.toThrow(/No rules are in force/);
  await startRules(stores.events, { ruleSet: other, hash: hashOfOther, now, actor: SURVEY });
  await receive('r-1', {}, { programme: 'repairs' });
  expect(await recordedOf('r-1')).toMatchObject([{ programme: 'repairs' }]);
});

describe('contact data that comes with a response', () => {
  const OLD = { email: 'eva@old.example', phone: '+49 30 1' };
  const NEW = { email: 'eva@new.example' };

  test('is as of when the response occurred, whatever comes first', async () => {
    await receive('r-2', NEW, { occurredAt: '2031-05-04T09:00:00Z' });
    await receive('r-1', OLD, { occurredAt: '2031-05-03T09:00:00Z' });
    expect(await contactKnown()).toEqual({ ...OLD, ...NEW });
  });

  test('is no newer when its response comes again, also one that states no time', async () => {
    await receive('r-1', OLD);
    now = '2031-05-05T10:00:00.000Z';
    await receive('r-2', NEW);
    const before = await stored();
    now = '2031-05-05T11:00:00.000Z';
    await receive('r-1', OLD);
    await receive('r-2', NEW);
    expect(await contactKnown()).toEqual({ ...OLD, ...NEW });
    expect(await stored()).toEqual(before);
  });
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStores, type Stores } from '../platform/stores/open-stores.js';
import { rulesOf } from '../recovery/clocks/case-clocks.testing.js';
import type { RecordedEvent, RecoveryEvent } from '../recovery/history.js';
import { compileRules } from '../recovery/rules/compile.js';
import { ruleBooks } from '../recovery/rules/rule-book.js';
import { appendEvents } from '../replay/history.testing.js';
import { Composer } from './compose.js';
import type { Destination, EmailDestination } from './destination.js';
import { rowOf, type Row } from './row.js';
import { tellingOf } from './telling.js';

const now = '2031-05-05T10:00:00.000Z';
const rules = compileRules({
  ...rulesOf([{ id: 'contact', title: 'Contact', stop: { contacted: true }, goals: [{ within: '4h' }] }]),
  messages: {
    acknowledgement: {
      subject: 'We have it',
      body: 'Dear {{ name | default: "customer" }}, {{ owner }} looks after {{ reference }}.',
      languages: { de: { subject: 'Danke', body: 'Guten Tag {{ name }}, Nummer {{ reference }}.' } },
    },
    closing: { body: 'Done: {{ reference }}' },
    progress: { body: 'Still on {{ reference }}' },
  },
});
const books = ruleBooks({ care: [{ from: null, rules }] });

let folder: string;
let stores: Stores;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'compose-'));
  stores = await openStores({ folder }, { mode: 'write' });
});
afterEach(async () => {
  await stores.close();
  rmSync(folder, { recursive: true });
});

const toCustomers: EmailDestination = {
  ...{ name: 'mail', channel: 'e-mail', to: 'customer', from: 'care@example.org', server: 'smtp://localhost' },
  ...{ inFlight: 1, timeoutMs: 1, patience: { tries: 1, firstWaitMs: 1, longestWaitMs: 1 } },
};

const happened = (event: RecoveryEvent, stream = 'case-c-1') => ({ stream, event });
const OPENED = happened({
  type: 'CaseOpened',
  data: {
    case: 'c-1',
    customer: 'customer-1',
    kind: 'recover',
    priority: 'high',
    tags: [],
    response: 'r-1',
    reference: 'INC1',
  },
});
const ASSIGNED = happened({ type: 'CaseAssigned', data: { owner: 'ana', by: 'rule' } });
const received = (contactMe: 'yes' | 'no') =>
  happened(
    {
      type: 'ResponseReceived',
      data: {
        ...{ response: 'r-1', source: 's', externalId: 'x', kind: 'survey', customer: 'customer-1', answers: [] },
        ...{ contactMe, commentLength: 0, tags: [] },
      },
    },
    'response-r-1',
  );

const composer = (): Composer =>
  new Composer({ ...stores, rules: () => books, now: () => now, sentBefore: async () => ['m-0'] });

/** The rows of all that happened, in order. */
async function rows(): Promise<readonly Row[]> {
  const made: Row[] = [];
  for await (const { events } of stores.events.readAll())
    for (const event of events as readonly RecordedEvent[])
      for (const wanted of await tellingOf(event, { events: stores.events, rules: books }))
        made.push(rowOf(event, wanted, 'mail'));
  return made;
}
const letterOf = async (message: string, destination: Destination = toCustomers) => {
  const row = (await rows()).find((one) => one.message === message);
  if (!row) throw new Error(`Nothing leads to ${message}.`);
  return composer().letter(row, destination);
};
const knows = (contact: Record<string, string>) => stores.personal.putContact('customer-1', { contact, asOf: now });
const EVA = { name: 'Eva', email: 'eva@example.org' };

test('a customer is written to in their language, by their name and address, which no row holds', async () => {
  await appendEvents(stores.events, [received('yes'), OPENED, ASSIGNED]);
  await knows({ ...EVA, language: 'de-AT' });
  expect(await letterOf('acknowledgement')).toMatchObject({
    ...{ to: 'eva@example.org', subject: 'Danke', text: 'Guten Tag Eva, Nummer INC1.' },
    thread: { case: 'c-1', before: ['m-0'] },
  });
  expect(JSON.stringify(await rows())).not.toMatch(/Eva|eva@/);
});

test('in a language that the rules have no words for, their first words are used', async () => {
  await appendEvents(stores.events, [received('yes'), OPENED, ASSIGNED]);
  await knows({ ...EVA, language: 'fr' });
  expect(await letterOf('acknowledgement')).toMatchObject({ text: 'Dear Eva, ana looks after INC1.' });
});

test('fields for programs hold nothing personal', async () => {
  await appendEvents(stores.events, [received('yes'), OPENED, ASSIGNED]);
  await knows(EVA);
  const letter = await letterOf('owner-alert', { ...toCustomers, to: 'team@example.org' });
  expect(letter).toMatchObject({ fields: { case: 'c-1', owner: 'ana', priority: 'high' } });
  expect(JSON.stringify(letter)).not.toMatch(/Eva|eva@/);
});

describe('a customer is left alone', () => {
  const given = async (...more: Parameters<typeof happened>[0][]) => {
    await appendEvents(stores.events, [received('yes'), OPENED, ASSIGNED, ...more.map((event) => happened(event))]);
    await knows(EVA);
  };

  test('who was forgotten', async () => {
    await given();
    await stores.personal.forgetKey('customer-1');
    expect(await letterOf('acknowledgement')).toMatchObject({ refused: 'customer-forgotten' });
  });

  test('who said no to contact', async () => {
    await appendEvents(stores.events, [received('no'), OPENED, ASSIGNED]);
    await knows(EVA);
    expect(await letterOf('acknowledgement')).toMatchObject({ refused: 'no-contact-wanted' });
  });

  test('who refused contact, also if an operator sends it again', async () => {
    await given({ type: 'ContactAttempted', data: { channel: 'phone', outcome: 'refused' } });
    const [row] = (await rows()).filter(({ message }) => message === 'acknowledgement');
    if (!row) throw new Error('There is no acknowledgement.');
    expect(await composer().letter({ ...row, resentAt: now }, toCustomers)).toMatchObject({
      refused: 'contact-refused',
    });
  });

  test('whose address nobody knows', async () => {
    await appendEvents(stores.events, [received('yes'), OPENED, ASSIGNED]);
    expect(await letterOf('acknowledgement')).toMatchObject({ refused: 'no-address' });
  });

  test('who was told already', async () => {
    await given({ type: 'CaseAcknowledged', data: { channel: 'phone', automatic: false } });
    expect(await letterOf('acknowledgement')).toMatchObject({ refused: 'told-already' });
  });
});

test('an owner is not alerted about a case that is no longer theirs', async () => {
  const handedOff = happened({ type: 'CaseHandedOff', data: { fromOwner: 'ana', toOwner: 'ben', reason: 'Away' } });
  await appendEvents(stores.events, [received('yes'), OPENED, ASSIGNED, handedOff]);
  const alerts = (await rows()).filter(({ message }) => message === 'owner-alert');
  const to = { ...toCustomers, to: 'team@example.org' };
  const [ana, ben] = await Promise.all(alerts.map((row) => composer().letter(row, to)));
  expect(ana).toMatchObject({ refused: 'owner-changed' });
  expect(ben).toMatchObject({ text: 'Case INC1 is yours, ben: recover, priority high.' });
});

describe('what the timekeeper notices', () => {
  const clock = { case: 'c-1', target: 'contact', cycle: 1, dueAt: now, ruleSet: rules.hash, timeZoneData: '2031a' };
  const raised = (to: string): RecoveryEvent => ({
    type: 'EscalationRaised',
    data: { ...clock, level: 1, to, by: 'mail', escalateAt: now, noticedAt: now },
  });
  const told = async (...events: readonly RecoveryEvent[]) => {
    const noticed = events.map((event) => happened(event, 'clock-c-1'));
    await appendEvents(stores.events, [received('yes'), OPENED, ASSIGNED, ...noticed]);
    return (await rows()).filter(({ event }) => event.stream === 'clock-c-1');
  };

  test('a warning and a breach tell the owner', async () => {
    const warned: RecoveryEvent = { type: 'TargetWarned', data: { ...clock, remainingMs: 60_000 } };
    expect(await told(warned, { type: 'TargetBreached', data: clock })).toMatchObject([
      { message: 'target-warned', person: 'ana', about: { target: 'contact', dueAt: now } },
      { message: 'target-breached', person: 'ana' },
    ]);
    expect(await letterOf('target-breached', { ...toCustomers, to: 'team@example.org' })).toMatchObject({
      text: `Case INC1, ana's, priority high: contact was due at ${now} and is missed.`,
    });
  });

  test('an escalation tells whom it names, and the owner where it names them', async () => {
    expect(await told(raised('sam'), raised('owner'))).toMatchObject([
      { message: 'escalation', person: 'sam' },
      { message: 'escalation', person: 'ana' },
    ]);
  });

  test('a due update tells the customer, if no message of theirs waits for a person, and the owner', async () => {
    const due: RecoveryEvent = {
      type: 'ProgressUpdateDue',
      data: { case: 'c-1', cycle: 1, dueAt: now, noticedAt: now },
    };
    expect(await told(due)).toMatchObject([{ message: 'progress' }, { message: 'progress-due', person: 'ana' }]);
    await knows(EVA);
    expect(await letterOf('progress')).toMatchObject({ to: 'eva@example.org', text: 'Still on INC1' });
    const wrote = happened({ type: 'CustomerMessageReceived', data: { channel: 'e-mail' } });
    await appendEvents(stores.events, [{ ...wrote, occurredAt: '2031-05-05T09:30:00.000Z' }]);
    expect(await letterOf('progress')).toMatchObject({ refused: 'unanswered' });
  });
});

test('without words in the rules a customer is told nothing', async () => {
  await appendEvents(stores.events, [{ ...OPENED, programme: 'other' }]);
  expect((await rows()).map(({ message }) => message)).toEqual(['ticket']);
});

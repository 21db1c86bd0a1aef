import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { Receiver } from '../../libs/outbound/receiver.testing.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { amends, amendsJson, ROOT_FOLDER } from './amends.testing.js';
import { Caller, eventually, OPERATOR_KEY, RunningApp } from './running-app.testing.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let receiver: Receiver;
let crm: Receiver;
let app: RunningApp;

const send = async (externalId: string, on = app): Promise<string> => {
  const answer = { source: 'survey', externalId, customer: externalId, metric: 'nps', score: 0 };
  return String((await on.operator.post('/v1/responses', answer)).body['id']);
};

beforeAll(async () => {
  process.env['AMENDS_KEY'] = OPERATOR_KEY;
  Caller.forget();
  [receiver, crm] = [await Receiver.start(), await Receiver.start()];
  const destinations = {
    hook: { webhook: receiver.url, secrets: ['${HOOK_SECRET}'], allowPrivate: true },
    desk: { webhook: crm.url, takes: ['ticket'], allowPrivate: true },
  };
  app = await RunningApp.start(undefined, {
    AMENDS_DESTINATIONS: JSON.stringify(destinations),
    HOOK_SECRET: SECRET,
  });
});
afterAll(async () => {
  await app.stop();
  await receiver.stop();
  await crm.stop();
});

test("an unhappy answer alerts the case's owner, and the clock of the alert stops by itself", async () => {
  const answer = {
    source: 'survey',
    externalId: 'r-1',
    customer: 'c-1',
    metric: 'nps',
    score: 0,
    comment: 'Never again',
  };
  const { body } = await app.operator.post('/v1/responses', answer);
  const id = String(body['id']);
  const got = await eventually(async () => receiver.received[0], 'the alert');
  expect(got.body).toMatchObject({ type: 'owner-alert', data: { case: id, kind: 'recover', owner: 'operator' } });
  // Whoever has the secret knows that we sent it, now.
  expect(() => new Webhook(SECRET).verify(got.text, got.headers as Record<string, string>)).not.toThrow();
  const stopped = await eventually(async () => {
    const { body: clocks } = await app.operator.get(`/v1/clocks?case=${id}&target=alert`);
    const [clock] = clocks['documents'] as readonly Record<string, unknown>[];
    return clock?.['state'] === 'completed' ? clock : undefined;
  }, 'the end of the clock of the alert');
  expect(stopped).toMatchObject({ met: true });
  const { body: timeline } = await app.operator.get(`/v1/cases/${id}/timeline`);
  const entries = timeline['entries'] as readonly { type: string; by: string }[];
  expect(entries.at(-1)).toMatchObject({ type: 'OwnerAlerted', by: 'outbound' });
  expect(receiver.received).toHaveLength(1);
});

const notify = (...args: readonly string[]) => amends('notify', ...args, '--data', app.folder);

test('a ticket is opened elsewhere, and the case has its number', async () => {
  crm.answer = () => ({ status: 201, body: '{"id": 1042, "url": "https://crm.example.org/1042"}' });
  const id = await send('r-ticket');
  await eventually(async () => {
    const { body } = await app.operator.get(`/v1/cases/${id}`);
    return body['ticket'] === '1042' ? true : undefined;
  }, 'the ticket of the case');
  expect(crm.received.at(-1)).toMatchObject({ body: { type: 'ticket', data: { case: id, owner: 'operator' } } });
  await eventually(async () => (receiver.received.length === 2 ? true : undefined), 'the alert');
});

test('what could not be sent is listed with the reason, and sent again under the same id', async () => {
  receiver.answer = () => ({ status: 410 });
  const id = await send('r-2');
  const dead = await eventually(async () => {
    const { body } = await app.operator.get('/v1/outbox?state=dead');
    return (body['messages'] as readonly Record<string, unknown>[])[0];
  }, 'the dead letter');
  expect(dead).toMatchObject({
    ...{ state: 'dead', message: 'owner-alert', destination: 'hook', case: id, tries: 1 },
    because: 'The receiver answered 410: it wants no more messages.',
  });
  expect((await notify('dead')).out).toContain('it wants no more messages');
  expect((await notify('test', 'hook')).err).toContain('hook did not take it');
  receiver.answer = () => ({ status: 204 });
  expect((await notify('test', 'hook')).out).toBe('hook took a test message.\n');
  expect((await notify('test', 'crm')).err).toContain('A destination crm is not here');
  expect((await notify('resend', String(dead['id']))).out).toBe('1 are sent again.\n');
  await eventually(
    async () => (receiver.ids.filter((one) => one === dead['id']).length === 2 ? true : undefined),
    'it',
  );
  expect((await notify('dead')).out).toBe('None.\n');
});

test('a destination is sent again what followed a position, which is counted first', async () => {
  const before = receiver.received.length;
  const replay = (...more: readonly string[]) =>
    amendsJson<{ messages: object }>('notify', 'replay', '--to', 'hook', ...more, '--data', app.folder);
  const counted = { dryRun: true, messages: { CaseAssigned: 3 } };
  expect(await replay()).toEqual(counted);
  expect(await replay('--types', 'CaseAssigned')).toEqual(counted);
  const nowhere = await notify('replay', '--to', 'hook', '--from', '0');
  expect([nowhere.code, nowhere.err]).toEqual([
    2,
    expect.stringContaining('from must be a position that this history'),
  ]);
  expect(receiver.received).toHaveLength(before);
  expect(await replay('--send')).toEqual({ ...counted, dryRun: false });
  await eventually(async () => (receiver.received.length === before + 3 ? true : undefined), 'all');
  expect(new Set(receiver.ids).size).toBe(5); // with two test messages
});

test('the commands of the page of messages run', async () => {
  const page = readFileSync(join(ROOT_FOLDER, 'docs/operators/messages.md'), 'utf8');
  const [, block = ''] = /^```sh\n(.*?)^```$/ms.exec(page) ?? [];
  const commands = block.trim().split('\n');
  expect(commands).toHaveLength(7);
  for (const command of commands) {
    const [name, ...args] = command.split(' ');
    expect(name).toBe('amends');
    expect(await amends(...args, '--data', app.folder)).toMatchObject({ code: 0, err: '' });
  }
});

test('without a destination an alert would be told: nothing is lost, and it is told once there is one', async () => {
  const folder = app.folder;
  await app.stop();
  app = await RunningApp.start(folder);
  const id = await send('r-3');
  const listed = await eventually(async () => {
    const { body } = await app.operator.get('/v1/outbox?state=held');
    return (body['messages'] as readonly Record<string, unknown>[])[0];
  }, 'what would be told');
  expect(listed).toMatchObject({ case: id, message: 'owner-alert', person: 'operator', destination: null });
  const { body } = await app.operator.get('/health/ready');
  expect(JSON.stringify(body)).toContain('"wouldBeTold":1');
  expect((await amends('doctor', '--data', folder)).out).toContain('1 would be told, but no destination takes them');
  await app.stop();
  const destinations = { hook: { webhook: receiver.url, allowPrivate: true } };
  app = await RunningApp.start(folder, { AMENDS_DESTINATIONS: JSON.stringify(destinations) });
  expect((await notify('resend', '--state', 'held', '--all')).out).toBe('1 are sent again.\n');
  await eventually(async () => receiver.received.find((got) => got.body.data['case'] === id), 'the alert');
  expect((await notify('list', '--state', 'held')).out).toBe('None.\n');
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Mailbox, headerOf } from '../../libs/outbound/mailbox.testing.js';
import { Receiver } from '../../libs/outbound/receiver.testing.js';
import { incidentLog } from '../faults/incident-log.testing.js';
import { amends, amendsJson, ROOT_FOLDER } from './amends.testing.js';
import { Caller, eventually, OPERATOR_KEY, RunningApp } from './running-app.testing.js';

const folder = mkdtempSync(join(tmpdir(), 'amends-told-'));
const data = join(folder, 'data');
const PACK = join(ROOT_FOLDER, 'packs/service-recovery.yaml');

let chat: Receiver;
let mailbox: Mailbox;
let app: RunningApp;
let settings: Record<string, string>;

beforeAll(async () => {
  Caller.forget();
  process.env['AMENDS_KEY'] = OPERATOR_KEY;
  [chat, mailbox] = [await Receiver.start(), await Mailbox.start()];
  const destinations = { chat: { chat: chat.url, allowPrivate: true }, customers: { email: 'customer' } };
  settings = {
    AMENDS_DESTINATIONS: JSON.stringify(destinations),
    SMTP_URL: mailbox.url,
    SMTP_FROM: 'Care <care@example.org>',
  };
  app = await RunningApp.start(data, settings);
});
afterAll(async () => {
  await app.stop();
  await chat.stop();
  await mailbox.stop();
  rmSync(folder, { recursive: true, force: true });
});

const eva = { name: 'Eva Brandt', email: 'eva@example.org' };

test('the owner is told in the chat, the customer by e-mail, and history records both', async () => {
  const sent = { source: 'survey', externalId: 'r-1', customer: 'c-1', metric: 'nps', score: 0, contact: eva };
  const { body } = await app.operator.post('/v1/responses', sent);
  const id = String(body['id']);
  const mail = await eventually(async () => mailbox.mails[0], 'the acknowledgement');
  expect(mail.to).toEqual([eva.email]);
  expect(headerOf(mail.text, 'Subject')).toBe('We have your message');
  expect(headerOf(mail.text, 'References')).toBe(`<case.${id}@example.org>`);
  expect(JSON.parse((await eventually(async () => chat.received[0], 'the alert')).text)).toMatchObject({
    text: expect.stringContaining(`*A case for you: ${id}*`),
  });
  await eventually(async () => {
    const { body: timeline } = await app.operator.get(`/v1/cases/${id}/timeline`);
    const entries = timeline['entries'] as readonly { type: string; by: string }[];
    const told = entries.filter(({ by }) => by === 'outbound').map(({ type }) => type);
    return told.toSorted().join() === 'CaseAcknowledged,OwnerAlerted' ? told : undefined;
  }, 'both in history');
  // The outbox knows neither name nor address.
  const ledger = readFileSync(join(data, 'ledger.db')).toString('latin1');
  const log = readFileSync(join(data, 'ledger.db-wal')).toString('latin1');
  expect(ledger + log).not.toMatch(/Eva Brandt|eva@example/);
});

test('nothing is sent by an import, a rebuild, a verification, a rehearsal, a replay under other rules or a restore', async () => {
  const counted = (): readonly number[] => [chat.received.length, mailbox.mails.length];
  const before = counted();
  const file = join(folder, 'incidents.csv');
  writeFileSync(file, incidentLog(30));
  const other = join(folder, 'other.yaml');
  writeFileSync(other, readFileSync(PACK, 'utf8').replace('Your case', 'Our case'));
  const done = async (...args: readonly string[]): Promise<void> => {
    const { code, err, out } = await amends(...args, '--data', data);
    if (code !== 0) throw new Error(`${args.join(' ')}: ${err}${out}`);
  };
  await done('import', file, '--mapping', join(ROOT_FOLDER, 'mappings/incidents.yaml'));
  await done('rebuild');
  await done('verify');
  await done('rehearse', other);
  await done('replay', '--rules', other);
  const backup = join(folder, 'backup');
  await done('backup', backup);
  await done('backup', join(folder, 'vault'), '--vault');
  await app.stop();
  const restored = join(folder, 'restored');
  for (const from of [join(folder, 'vault'), backup]) await amendsJson('restore', from, '--data', restored);
  app = await RunningApp.start(restored, settings);
  // What comes after it is sent, and nothing from before.
  const sent = {
    source: 'survey',
    externalId: 'r-2',
    customer: 'c-2',
    programme: 'service-recovery',
    metric: 'nps',
    score: 0,
  };
  const { body } = await app.operator.post('/v1/responses', sent);
  const id = String(body['id']);
  await eventually(async () => chat.received.find(({ text }) => text.includes(id)), 'the alert after the restore');
  expect(counted()).toEqual([(before[0] ?? 0) + 1, before[1]]);
});

import { expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MESSAGES } from '../../outbound/words.js';
import { readConfig } from './config.js';
import { readDestinations } from './destinations.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const read = (destinations: unknown, env: Record<string, string> = {}) =>
  readDestinations({ AMENDS_DESTINATIONS: JSON.stringify(destinations), ...env });

test('without settings there is none', () => {
  expect(readDestinations({})).toEqual({ destinations: [], mistakes: [] });
});

test('a file names them, and secrets come from variables', () => {
  const folder = mkdtempSync(join(tmpdir(), 'destinations-'));
  const file = join(folder, 'destinations.yaml');
  writeFileSync(
    file,
    'crm:\n  webhook: https://crm.example.org/hook\n  secrets: ["${CRM_SECRET}"]\n  takes: [target-breached]\n',
  );
  const { destinations, mistakes } = readDestinations({ AMENDS_DESTINATIONS_FILE: file, CRM_SECRET: SECRET });
  expect(mistakes).toEqual([]);
  expect(destinations).toMatchObject([
    { name: 'crm', channel: 'webhook', secrets: [SECRET], takes: ['target-breached'], inFlight: 4, timeoutMs: 10_000 },
  ]);
  rmSync(folder, { recursive: true });
});

test('a chat and e-mail', () => {
  const smtp = { SMTP_URL: 'smtp://care:secret@mail.example.org:587', SMTP_FROM: 'Care <care@example.org>' };
  const { destinations } = read({ chat: { chat: 'https://hooks.example.org/1' }, mail: { email: 'customer' } }, smtp);
  expect(destinations).toMatchObject([
    { channel: 'chat', url: 'https://hooks.example.org/1' },
    { channel: 'e-mail', to: 'customer', from: smtp.SMTP_FROM, server: smtp.SMTP_URL },
  ]);
});

test('every mistake is listed at once, and no secret is repeated', () => {
  const { mistakes } = read({
    'My Hook': { webhook: 'https://a.example.org' },
    both: { webhook: 'https://a.example.org', chat: 'https://b.example.org' },
    plain: { webhook: 'http://a.example.org', secrets: ['my-secret'] },
    absent: { webhook: '${NO_SUCH}' },
    words: { chat: 'https://a.example.org', takes: ['gossip'], inFlight: 0, colour: 'red' },
    mail: { email: 'eva' },
  });
  const at = 'AMENDS_DESTINATIONS: ';
  expect(mistakes).toEqual([
    `${at}My Hook must be a name of small letters, digits, dots and hyphens`,
    `${at}both needs one of webhook (an address), chat (an address) or email (an address, or customer)`,
    `${at}plain.webhook must begin with https://; http:// is for private networks, with allowPrivate: true`,
    `${at}plain.secrets.0 must be whsec_ and base64; make one with: echo whsec_$(openssl rand -base64 32)`,
    `${at}absent needs the variable NO_SUCH, which is not set`,
    expect.stringContaining(`${at}absent.webhook`),
    `${at}words.colour is not a field of this message`,
    `${at}words.takes.0 must be one of ${MESSAGES.join(', ')}`,
    `${at}words.inFlight must be at least 1`,
    `${at}mail.email must be an address, or customer`,
    `${at}mail needs SMTP_URL, such as smtp://user:password@mail.example.org:587`,
    `${at}mail needs SMTP_FROM, such as Care <care@example.org>`,
  ]);
  expect(mistakes.join()).not.toContain('my-secret');
});

test('mistakes of destinations stand beside all others', () => {
  expect(() => readConfig({ AMENDS_PORT: 'x', AMENDS_DESTINATIONS: '{' })).toThrow(
    /AMENDS_PORT must be[^]*AMENDS_DESTINATIONS is no YAML/,
  );
  expect(() => readConfig({ AMENDS_DESTINATIONS_FILE: '/no/such/file' })).toThrow(/must name a file that can be read/);
  expect(() => readConfig({ AMENDS_DESTINATIONS: '[]' })).toThrow(/must hold destinations by name/);
  expect(() => readConfig({ AMENDS_DESTINATIONS: '{}', AMENDS_DESTINATIONS_FILE: 'x' })).toThrow(
    /Leave one of them out/,
  );
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startDouble, type EventStoreDbDouble } from '../../../test/eventstoredb-double/eventstoredb-double.js';
import { HistoryUnavailable } from '../event-store.js';
import { allOf, LENDING, lendingEvents, namesIn } from '../lending.testing.js';
import { EventStoreDbEventStore } from './eventstoredb-event-store.js';

describe('an EventStoreDB with TLS and users', () => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-tls-'));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  let double: EventStoreDbDouble;

  beforeAll(async () => {
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate];
    execFileSync('openssl', [...made, ...subject], { stdio: 'ignore' }); // comes with Linux and macOS
    double = await startDouble({
      tls: { key: readFileSync(key), certificate: readFileSync(certificate) },
      user: 'admin:change it',
    });
  });
  afterAll(async () => {
    await double?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (user: string, trusted = `&tlsCAFile=${encodeURIComponent(certificate)}`) =>
    EventStoreDbEventStore.open({
      url: `esdb://${user}@127.0.0.1:${double.port}?tls=true${trusted}`,
      declarations: LENDING,
      deadlineMs: 2_000,
    });

  test('takes the user, the password and the certificate from the URL', async () => {
    const store = open('admin:change%20it');
    await store.append('loan-1', lendingEvents('loan-1', 'a'), 0);
    expect(namesIn(await allOf(store.readAll()))).toEqual(['a']);
    const stop = new AbortController();
    for await (const batch of store.follow({ signal: stop.signal })) {
      expect(namesIn([batch])).toEqual(['a']);
      break;
    }
    await store.close();
  });
  test('says at once that it refuses a user, and never the password', async () => {
    const store = open('admin:wrong');
    const answers = await Promise.allSettled([
      store.append('loan-1', lendingEvents('loan-1', 'b'), 1),
      store.readStream('loan-1'),
      store.end(),
      allOf(store.follow({ signal: new AbortController().signal })),
    ]);
    for (const answer of answers) {
      expect(answer).toMatchObject({
        reason: expect.any(HistoryUnavailable),
        status: 'rejected',
      });
      expect(answer).toHaveProperty(
        'reason.message',
        expect.stringMatching(/esdb:\/\/127\.0\.0\.1:\d+ refuses this user/),
      );
    }
    await store.close();
  });
  test('is not talked to where its certificate is not to be trusted', async () => {
    const store = open('admin:change%20it', '');
    await expect(store.end()).rejects.toThrow(/doesn't answer .*certificate/);
    await store.close();
  });
  test('a URL that is none is refused in words, without the password', () => {
    const mistaken = () => EventStoreDbEventStore.open({ url: 'esdb//admin:secret@host', declarations: LENDING });
    expect(mistaken).toThrow(HistoryUnavailable);
    expect(mistaken).toThrow(/can't be understood .* Write it as esdb:/);
    expect(mistaken).not.toThrow(/secret/);
  });
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { LookupFunction } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Letter } from '../channel.js';
import type { WebhookDestination } from '../destination.js';
import { Receiver } from '../receiver.testing.js';
import { isPublic } from './address-guard.js';
import { WebhookChannel } from './webhook-channel.js';

const OLD = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NEW = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const LETTER: Letter = {
  id: 'm-1',
  message: 'owner-alert',
  occurredAt: '2031-05-05T09:00:00.000Z',
  subject: 's',
  text: 't',
  fields: { case: 'c-1' },
};
const NEVER = new AbortController().signal;

let receiver: Receiver;
beforeEach(async () => {
  receiver = await Receiver.start();
});
afterEach(() => receiver.stop());

const channel = (more: Partial<WebhookDestination> = {}, resolve?: LookupFunction): WebhookChannel =>
  new WebhookChannel(
    {
      name: 'hook',
      channel: 'webhook',
      url: receiver.url,
      secrets: [],
      allowPrivate: true,
      inFlight: 4,
      timeoutMs: 500,
      patience: { tries: 1, firstWaitMs: 1, longestWaitMs: 1 },
      ...more,
    },
    () => new Date().toISOString(),
    resolve,
  );
const send = (more?: Partial<WebhookDestination>, resolve?: LookupFunction, signal = NEVER) =>
  channel(more, resolve).send(LETTER, signal);

test('it is signed by each secret, so that a receiver may hold the old one or the new', async () => {
  await send({ secrets: [NEW, OLD] });
  const [got] = receiver.received;
  const headers = got?.headers as Record<string, string>;
  for (const secret of [OLD, NEW])
    expect(new Webhook(secret).verify(got?.text ?? '', headers)).toEqual({
      type: 'owner-alert',
      timestamp: LETTER.occurredAt,
      data: { case: 'c-1' },
    });
  expect(() => new Webhook('whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA').verify(got?.text ?? '', headers)).toThrow();
  expect(headers['webhook-id']).toBe('m-1');
});

test('the answer is kept where it is JSON', async () => {
  receiver.answer = () => ({ status: 200, body: '{"ticket":"T-1"}' });
  expect(await send()).toEqual({ answer: { ticket: 'T-1' } });
  receiver.answer = () => ({ status: 200, body: 'ok' });
  expect(await send()).toEqual({});
});

test('a redirect is not followed', async () => {
  const other = await Receiver.start();
  receiver.answer = () => ({ status: 307, headers: { location: other.url } });
  await expect(send()).rejects.toThrow(
    'The receiver answered 307: redirects are not followed, so name the new address.',
  );
  expect(other.received).toEqual([]);
  await other.stop();
});

test('a receiver that is slow is left after a time, and one that is gone is named by its error', async () => {
  receiver.answer = () => ({ status: 200, afterMs: 2_000 });
  await expect(send({ timeoutMs: 100 })).rejects.toThrow('The receiver did not answer within 100 ms.');
  await expect(send({}, undefined, AbortSignal.abort())).rejects.toThrow('Amends stopped');
  await receiver.stop();
  await expect(send()).rejects.toThrow("The receiver can't be reached: ECONNREFUSED.");
  receiver = await Receiver.start();
});

test('an endless answer is cut off', async () => {
  receiver.answer = () => ({ status: 200, body: 'x'.repeat(5_000_000) });
  expect(await send()).toEqual({});
});

describe('addresses of private networks', () => {
  test.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '198.18.0.1',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '::10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'ff02::1',
    'no address',
  ])('%s is one', (address) => expect(isPublic(address)).toBe(false));

  test.each(['93.184.215.14', '2606:4700::1111'])('%s is none', (address) => expect(isPublic(address)).toBe(true));

  const REFUSED = /is not an address of the public internet/;

  test.each([
    'http://127.0.0.1',
    'http://2130706433',
    'http://0x7f.1',
    'http://[::ffff:127.0.0.1]',
    'http://[::1]',
    'http://10.0.0.1',
  ])('%s is refused without a look-up', async (url) => {
    const asked: string[] = [];
    const resolve: LookupFunction = (host, _, done) => (asked.push(host), done(null, [], 0));
    await expect(send({ url, allowPrivate: false }, resolve)).rejects.toThrow(REFUSED);
    await expect(send({ url, allowPrivate: false }, resolve)).rejects.toMatchObject({ how: { forGood: true } });
    expect(asked).toEqual([]);
  });

  const resolving =
    (...looks: readonly (readonly string[])[]): LookupFunction =>
    (_host, _options, done) =>
      done(
        null,
        (looks.length > 1 ? (looks as string[][]).shift() : looks[0])?.map((address) => ({ address, family: 4 })) ?? [],
        4,
      );

  test('a name that stands for one is refused, also beside a public one', async () => {
    const url = `http://hook.example:${receiver.port}/`;
    await expect(send({ url, allowPrivate: false }, resolving(['127.0.0.1']))).rejects.toThrow(REFUSED);
    await expect(send({ url, allowPrivate: false }, resolving(['93.184.215.14', '127.0.0.1']))).rejects.toThrow(
      REFUSED,
    );
    await expect(send({ url, allowPrivate: false }, resolving([]))).rejects.toThrow(REFUSED);
    expect(receiver.received).toEqual([]);
  });

  test('a name that stands for another address at the next look is looked up once for a connection', async () => {
    let looks = 0;
    const rebound: LookupFunction = (_host, _options, done) =>
      done(null, [{ address: looks++ === 0 ? '192.0.2.1' : '127.0.0.1', family: 4 }], 4);
    // A reserved address of documentation, which is not public either: nothing is sent to it, nor to the second.
    const url = `http://hook.example:${receiver.port}/`;
    await expect(send({ url, allowPrivate: false }, rebound)).rejects.toThrow(REFUSED);
    expect(looks).toBe(1);
    expect(receiver.received).toEqual([]);
  });

  test('is reached where the destination allows it', async () => {
    const url = `http://hook.example:${receiver.port}/`;
    await send({ url }, resolving(['127.0.0.1']));
    expect(receiver.ids).toEqual(['m-1']);
  });
});

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Letter } from '../channel.js';
import { headerOf, Mailbox } from '../mailbox.testing.js';
import { EmailChannel } from './email-channel.js';

const NEVER = new AbortController().signal;

let mailbox: Mailbox;
let channel: EmailChannel;
beforeEach(async () => {
  mailbox = await Mailbox.start();
  channel = new EmailChannel({
    name: 'mail',
    channel: 'e-mail',
    to: 'customer',
    from: 'Care <care@example.org>',
    server: mailbox.url,
    inFlight: 2,
    timeoutMs: 2_000,
    patience: { tries: 1, firstWaitMs: 1, longestWaitMs: 1 },
  });
});
afterEach(async () => {
  channel.close();
  await mailbox.stop();
});

const letter = (id: string, before: readonly string[] = []): Letter => ({
  ...{ id, message: 'closing', occurredAt: '2031-05-05T09:00:00.000Z', fields: {} },
  subject: 'What we have done',
  text: 'We paid 5 < 6 & more.\n\nYours',
  to: 'eva@example.org',
  thread: { case: 'c-1', before },
});

test('a letter is text and HTML, and one conversation with those before it', async () => {
  await channel.send(letter('m-1'), NEVER);
  await channel.send(letter('m-2', ['m-1']), NEVER);
  const [first, second] = mailbox.mails.map(({ text }) => text);
  expect(mailbox.mails[0]?.to).toEqual(['eva@example.org']);
  expect(first).toContain('We paid 5 < 6 & more.');
  expect(first).toContain('<p>We paid 5 &lt; 6 &amp; more.</p>');
  const of = (mail = '') => ['Message-ID', 'In-Reply-To', 'References'].map((name) => headerOf(mail, name));
  expect(of(first)).toEqual(['<m-1@example.org>', '<case.c-1@example.org>', '<case.c-1@example.org>']);
  expect(of(second)).toEqual(['<m-2@example.org>', '<m-1@example.org>', '<case.c-1@example.org> <m-1@example.org>']);
  expect(headerOf(first ?? '', 'From')).toBe('Care <care@example.org>');
});

test('an address that is refused for good is not tried again, and the error does not repeat it', async () => {
  mailbox.refuses = { address: 'eva@example.org', code: 550 };
  await expect(channel.send(letter('m-1'), NEVER)).rejects.toMatchObject({
    message: 'The mail server answered 550.',
    how: { forGood: true },
  });
  mailbox.refuses = { address: 'eva@example.org', code: 451 };
  await expect(channel.send(letter('m-1'), NEVER)).rejects.toMatchObject({ how: { forGood: false } });
});

test('a line end in a subject begins no header', async () => {
  await channel.send({ ...letter('m-1'), subject: 'Hello\r\nBcc: all@example.org' }, NEVER);
  expect(headerOf(mailbox.mails[0]?.text ?? '', 'Bcc')).toBeUndefined();
  expect(mailbox.mails[0]?.to).toEqual(['eva@example.org']);
});

test('a mail server that does not answer holds up no stop', async () => {
  mailbox.isSilent = true;
  await expect(channel.send(letter('m-1'), AbortSignal.timeout(100))).rejects.toThrow('Amends stopped before');
});

import { expect, test } from '@jest/globals';
import type { Recorded } from '../event-sourcing/event.js';
import type { RecoveryEvent } from '../recovery/history.js';
import { unlessSame } from './same-command.js';

const personal = { openAll: <T>(data: T) => Promise.resolve(data) } as Parameters<typeof unlessSame>[1];
const asked = { type: 'ReSurveySent', data: { survey: 's-1', channel: 'e-mail' } } as const;
const occurredAt = '2031-05-05T09:00:00.000Z';
const done = [{ ...asked, data: { ...asked.data, breaches: ['re-survey-cool-down'] }, occurredAt }];

test('a command is the same whatever rules it was found to break, and another one with another content', async () => {
  const again = { done: done as unknown as readonly Recorded<RecoveryEvent>[], occurredAt };
  expect(await unlessSame({ ...again, decision: [asked] }, personal)).toBeUndefined();
  const other = { ...asked, data: { ...asked.data, channel: 'sms' } } as const;
  expect(await unlessSame({ ...again, decision: [other] }, personal)).toMatchObject({
    refused: 'idempotency-key-used',
  });
});

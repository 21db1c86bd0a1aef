import { expect, test } from '@jest/globals';
import {
  booksOf,
  opened,
  paused,
  record,
  RESOLVE,
  rulesOf,
  submitted,
} from '../recovery/clocks/case-clocks.testing.js';
import { stepsOfCase } from './case-steps.js';

const books = booksOf([null, rulesOf([RESOLVE])]);

test('a step names the fields of the case that its event changed', () => {
  const [first, second] = stepsOfCase(
    record([
      ['2031-05-05T09:00Z', opened('high')],
      ['2031-05-05T10:00Z', paused],
    ]),
    books,
  );
  expect(first?.changed).toMatchObject({ status: { from: null, to: 'open' }, priority: { from: null, to: 'high' } });
  expect(second?.changed).toMatchObject({
    status: { from: 'open', to: 'paused' },
    waitingOn: { from: null, to: 'customer' },
    'clock resolve/1 state': { from: 'running', to: 'paused' },
  });
  expect(second?.changed).not.toHaveProperty('priority');
});

test('a step names the reply that a clock is for', () => {
  const reply = { id: 'reply', title: 'Answered', each: 'customer-message', goals: [{ within: '4h' }] } as const;
  const wrote = { type: 'CustomerMessageReceived', data: { channel: 'chat' } } as const;
  const [, second] = stepsOfCase(
    record([
      ['2031-05-05T09:00Z', opened()],
      ['2031-05-05T10:00Z', wrote],
    ]),
    booksOf([null, rulesOf([reply])]),
  );
  expect(second?.changed).toMatchObject({ 'clock reply/1/1 state': { from: null, to: 'running' } });
});

test('the step of an event that was recorded late shows what it changed in the case as it is read', () => {
  const steps = stepsOfCase(
    record([
      ['2031-05-05T09:00Z', opened()],
      ['2031-05-05T12:00Z', submitted],
      ['2031-05-05T11:00Z', paused],
    ]),
    books,
  );
  expect(steps[2]?.changed).toMatchObject({ 'clock resolve/1 workingMs': { from: 3 * 3_600_000, to: 2 * 3_600_000 } });
  expect(steps[2]?.changed).not.toHaveProperty('status');
});

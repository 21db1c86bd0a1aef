import { expect, test } from '@jest/globals';
import { sentenceOf } from './sentences.js';

const time = Date.parse('2031-05-05T09:00:00Z');

test('a log line says when, how bad, where and what', () => {
  const line = JSON.stringify({ level: 40, time, context: 'Projector', msg: 'Behind', generation: 3 });
  expect(sentenceOf(line)).toBe('09:00:00 warn Projector: Behind (generation 3)');
});
test('a line without a context or details is a sentence, too', () => {
  expect(sentenceOf(JSON.stringify({ level: 50, time, msg: 'Failed' }))).toBe('09:00:00 error: Failed');
});
test('details that are objects are shown as JSON', () => {
  const line = JSON.stringify({ level: 30, time, context: 'Reactor', lag: { seconds: 2 } });
  expect(sentenceOf(line)).toBe('09:00:00 info Reactor: (lag {"seconds":2})');
});

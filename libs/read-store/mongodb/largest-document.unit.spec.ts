import { expect, test } from '@jest/globals';
import { refuseTooLarge } from './stored.js';

const timeline = { name: 'timeline', fields: {} };
const MIB = 1024 * 1024;
const notes = (count: number, note: string) => ({ entries: Array.from({ length: count }, () => ({ said: { note } })) });

test.each([
  ['many notes', notes(150, 'x'.repeat(100_000))],
  ['characters of more than a byte', notes(100, '苦'.repeat(50_000))],
  ['names that MongoDB does not take', { 'a.b': 'x'.repeat(15 * MIB) }],
])('a document of %s that MongoDB holds is kept', (_, document) => {
  expect(() => refuseTooLarge(timeline, 'a', document)).not.toThrow();
});

test.each([
  ['many notes', notes(170, 'x'.repeat(100_000))],
  ['characters of more than a byte', notes(120, '苦'.repeat(50_000))],
  ['names that MongoDB does not take', { 'a.b': '"'.repeat(9 * MIB) }],
])('a document of %s that MongoDB can not hold is refused by its name', (_, document) => {
  expect(() => refuseTooLarge(timeline, 'a', document)).toThrow(/^timeline a takes \d+ bytes, and MongoDB holds/);
});

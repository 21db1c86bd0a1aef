import { describe, expect, test } from '@jest/globals';
import { sources } from './sources.testing.js';
import { copiesOf, listsOf } from './words.testing.js';

const VOCABULARY = 'libs/recovery/vocabulary/';
const all = sources();
const lists = all.filter(({ file }) => file.startsWith(VOCABULARY)).flatMap(listsOf);

test('each list of words stands once, in the vocabulary', () => {
  expect(lists.length).toBeGreaterThan(8);
  const copies = all.flatMap((source) => copiesOf(lists, source));
  expect(copies.map(({ file, line, of, words }) => `${file}:${line} ${of}: ${words.join(', ')}`)).toEqual([]);
});

describe('a list that is written again is found', () => {
  const CHANNELS = "export const CHANNELS = ['phone', 'e-mail', 'chat', 'letter'] as const;";
  const here = { file: `${VOCABULARY}words.ts`, text: CHANNELS };
  const found = (text: string): readonly string[] =>
    copiesOf(listsOf(here), { file: 'libs/reports/channels.ts', text }).map(({ of }) => of);

  test.each([
    ['as an array', "const all = ['letter', 'chat', 'e-mail', 'phone'];"],
    ['but for one word', "const all = ['phone', 'e-mail', 'chat'];"],
    ['with what is no word', "const all = ['phone', 'e-mail', 'chat', 'letter', null];"],
    ['as a type', "type Channel = 'phone' | 'e-mail' | 'chat' | 'letter';"],
    ['as the type of a field', "interface Attempt { channel: 'phone' | 'e-mail' | 'chat' | 'letter' | null }"],
    ['as the names of an object', "const costs = { phone: 3, 'e-mail': 1, chat: 2, letter: 5 };"],
  ])('%s', (_way, text) => expect(found(text)).toEqual(['CHANNELS']));

  test.each([
    ['two of its words', "const quick = ['phone', 'chat'];"],
    ['another list that shares some', "const kinds = ['phone', 'e-mail', 'chat', 'fax', 'pigeon'];"],
    ['its use', 'const all = [...CHANNELS];'],
  ])('and is not: %s', (_way, text) => expect(found(text)).toEqual([]));

  test('nor where it stands, but beside that it is', () => {
    expect(copiesOf(listsOf(here), here)).toEqual([]);
    const again = { ...here, text: `${CHANNELS}\ntype Again = 'phone' | 'e-mail' | 'chat' | 'letter';` };
    expect(copiesOf(listsOf(here), again)).toHaveLength(1);
  });
});

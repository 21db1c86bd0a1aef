import { describe, expect, test } from '@jest/globals';
import { sources } from './sources.testing.js';

const all = sources();
/** The sources that name any of these, imports included. */
const naming = (...names: readonly string[]): readonly string[] =>
  all.filter(({ text }) => names.some((name) => new RegExp(`\\b${name}\\b`).test(text))).map(({ file }) => file);

/** What docs/architecture.md promises of changes, held to what stands in the sources. */
describe('what a change costs', () => {
  test('an event of a case and its command stand in the file of their rule, in the table, and in the read model that shows them', () => {
    expect(naming('NoteAdded', 'AddNote').toSorted()).toEqual([
      'libs/read-models/case-record.ts',
      'libs/recovery/case/case.ts',
      'libs/recovery/notes/notes.ts',
    ]);
    expect(naming('CallbackRecorded', 'RecordCallback').toSorted()).toEqual([
      'libs/read-models/case-record.ts',
      'libs/recovery/case/case.ts',
      'libs/recovery/verification/callback.ts',
    ]);
  });
  test('a contact channel stands in one line', () => {
    const lines = all.flatMap(({ file, text }) =>
      text.split('\n').flatMap((line) => (line.includes("'in-person'") ? [{ file, line }] : [])),
    );
    expect(lines).toEqual([
      { file: 'libs/recovery/vocabulary/words.ts', line: expect.stringContaining('export const CHANNELS') },
    ]);
  });
  test('a read model is one file and its name in the list', () => {
    const naming = all.filter(({ text }) => /from '\.\/times\.js'|read-models\/times\.js'/.test(text));
    expect(naming.map(({ file }) => file)).toEqual(expect.arrayContaining(['libs/read-models/read-models.ts']));
    expect(naming.filter(({ file }) => file.startsWith('libs/read-models/'))).toHaveLength(1);
  });
});

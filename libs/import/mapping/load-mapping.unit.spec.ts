import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadMapping } from './load-mapping.js';
import { MAPPING_SCHEMA } from './mapping-schema.js';
import { mappingText, OPENED } from './mapping.testing.js';

const FOLDER = join(import.meta.dirname, '../../../mappings');
const good = mappingText(OPENED);

const refusalOf = (text: string): string => {
  try {
    loadMapping(text, 'repairs.yaml');
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
};

test.each(readdirSync(FOLDER).filter((name) => name.endsWith('.yaml')))(
  'the mapping %s that ships is sound',
  (name) => {
    expect(() => loadMapping(readFileSync(join(FOLDER, name), 'utf8'), name)).not.toThrow();
  },
);

test('the published schema is the one that mappings are checked by', () => {
  expect(JSON.parse(readFileSync(join(FOLDER, 'mapping.schema.json'), 'utf8'))).toEqual(MAPPING_SCHEMA);
});

test('a mapping names the columns that it reads, wherever it reads them', () => {
  const text = mappingText(`${OPENED}
  - type: NoteAdded
    when: [{ changed: [a] }, { row: { $or: [{ b: x }, { c: { $ne: null } }] } }]
    occurredAt: { column: e, dates: iso }
    set: { note: { previous: d } }
`);
  expect([...loadMapping(text, 'repairs.yaml').columns].sort()).toEqual([
    'a',
    'b',
    'c',
    'd',
    'day',
    'e',
    'entry',
    'ticket',
    'urgency',
  ]);
});

describe('a mistake is told with its line and path', () => {
  test.each([
    ['an unknown key', good.replace('zone:', 'zoen: x\nzone:'), 'line 2: "zoen" is not known here'],
    ['a missing key', good.replace('zone: Etc/UTC', ''), '"zone" is missing'],
    ['an unknown zone', good.replace('Etc/UTC', 'Mars/Olympus'), 'not an IANA time zone'],
    ['an offset for a zone', good.replace('Etc/UTC', "'+05:30'"), 'such as Asia/Kolkata'],
    ['a wrong choice', good.replace('dates:', 'repeatedHour: both\ndates:'), 'one of earlier, later, reject'],
    ['a bad pattern', good.replace('dates: yyyy-MM-dd', 'dates: yyyy-MM'), 'line 8, dates: "yyyy-MM" names no day'],
    ['an unknown event', good.replace('CaseOpened', 'CaseOpend'), 'line 14, emit.0.type: "CaseOpend" is no event'],
    ['an unknown field', good.replace('kind:', 'kinds: x, kind:'), 'emit.0.set.kinds: CaseOpened has no field "kinds"'],
    ['a field left out', good.replace('kind: repair,', ''), 'CaseOpened needs "kind"'],
    ['a field that is given', good.replace('kind:', 'customer: x, kind:'), 'comes from the import'],
    ['a value of another kind', good.replace('kind: repair', 'kind: { path: [a] }'), 'This must be a text'],
    ['a value that is none', good.replace('kind: repair', 'kind: { colunm: a }'), 'This is not a value'],
    [
      'a filter that is none',
      good.replace('first: true', 'row: { state: { $like: x } }'),
      'There is no operator "$like"',
    ],
    ['a condition that is none', good.replace('first: true', 'frist: true'), 'This is not a condition'],
    ['no event that opens', mappingText('  - { type: CaseResumed, occurredAt: day }'), 'one rule must emit CaseOpened'],
    [
      'answers that open nothing',
      mappingText('  - { type: ResponseReceived, occurredAt: day, set: { kind: survey } }'),
      'one rule must emit CaseOpened, or "triage: as-of" let the rules open cases',
    ],
    ['triage beside an opening', mappingText(OPENED, 'triage: as-of'), 'emit.0.type: The rules open cases'],
    [
      'triage of nothing',
      mappingText('  - { type: CaseResumed, occurredAt: day }', 'triage: as-of'),
      'triage: There is nothing to triage',
    ],
    [
      'triage after what joins the case',
      mappingText(
        `  - { type: CaseResumed, occurredAt: day }
  - { type: ResponseReceived, occurredAt: day, set: { kind: survey } }`,
        'triage: as-of',
      ),
      'emit.0.type: ResponseReceived must come first',
    ],
    ['a key twice', `${good}\ntitle: again`, 'Map keys must be unique'],
    ['no YAML at all', 'a: [1', 'line'],
    ['an empty file', '', 'must be object'],
  ])('%s', (_sentence, text, expected) => {
    expect(refusalOf(text)).toContain(expected);
  });

  const noted = (condition: string, more = '') =>
    mappingText(
      `${OPENED}
  - type: NoteAdded
    occurredAt: day
    when: [{ first: true }, { row: ${condition} }]
    set: { note: seen }
`,
      more,
    );

  test.each([
    [
      'a declared type that is none',
      noted('{ a: 1 }', 'columns: { a: decimal }'),
      'columns.a: This is not a type: use text, number, boolean, date',
    ],
    [
      'a text beside a number',
      noted('{ score: { $in: [1, six] } }', 'columns: { score: number }'),
      'line 21, emit.1.when.1.row.score.$in.1: score is compared as a number such as 1234.5, and "six" is none',
    ],
    [
      'a number beside a declared text',
      noted('{ code: 7 }', 'columns: { code: text }'),
      "emit.1.when.1.row.code: code is declared as text, and 7 is none. Write '7' in quotes",
    ],
    [
      'a day that is none',
      noted('{ due: { $lt: 2031-02-30 } }', 'columns: { due: date }'),
      'due is compared as a date written as yyyy-MM-dd, and "2031-02-30" is none',
    ],
    [
      'a pattern of numbers under a date',
      noted('{ a: x }', "columns: { a: { type: date, numbers: '1.234,5' } }"),
      'columns.a.numbers: Only a number has this',
    ],
  ])('%s', (_sentence, text, expected) => {
    expect(refusalOf(text)).toContain(expected);
  });

  test('a constant that its event does not know', () => {
    const text = mappingText(`${OPENED}
  - { type: CasePaused, occurredAt: day, set: { waitingOn: the-moon } }
`);
    expect(refusalOf(text)).toContain('"the-moon" is not one of customer, third-party, internal');
  });
});

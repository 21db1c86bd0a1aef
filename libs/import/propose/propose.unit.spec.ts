import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseRuleSet } from '../../recovery/rules/parse-rule-set.js';
import { loadMapping } from '../mapping/load-mapping.js';
import { previewFile } from '../preview.js';
import { guessColumns, type Guess } from './guess-columns.js';
import { nameFrom, proposedMapping, proposedRules } from './propose.js';
import { readSample } from './sample.js';

const SHIPPED = join(import.meta.dirname, '../../../mappings/examples/kundenbefragung.csv');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'propose-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(content: string | Buffer): string {
  const path = join(folder, 'file.csv');
  writeFileSync(path, content);
  return path;
}

async function guessOf(path: string): Promise<Guess> {
  const guess = guessColumns(await readSample(path));
  if (!guess) throw new Error('No guess');
  return guess;
}

const SUBJECT = {
  ...{ file: 'file.csv', name: 'file', rulesFile: 'file.rules.yaml', zone: 'Europe/Berlin', zoneIsGuessed: false },
  reviewBy: '2031-12-31',
};

async function previewOf(path: string) {
  const sample = await readSample(path);
  const guess = await guessOf(path);
  const mapping = loadMapping(proposedMapping(sample, guess, SUBJECT), 'file.mapping.yaml');
  const { ruleSet, problems } = parseRuleSet(proposedRules(guess, SUBJECT));
  expect(problems).toEqual([]);
  if (!ruleSet) throw new Error('No rules');
  return { mapping, preview: await previewFile(path, mapping, ruleSet, '2031-06-01T00:00:00.000Z') };
}

describe('of the file that ships', () => {
  test('everything is guessed', async () => {
    expect(await readSample(SHIPPED)).toMatchObject({ encoding: 'windows-1252', delimiter: ';' });
    expect(await guessOf(SHIPPED)).toEqual({
      dates: { pattern: 'dd.MM.yyyy HH:mm', columns: ['Eingang', 'Erstkontakt', 'Erledigt'] },
      numbers: { style: '1.234,5', columns: ['Erstattung (EUR)'] },
      ...{ empty: [], group: 'Vorgang', rowIsCase: true, together: true, id: ['Vorgang'] },
      scores: [{ column: 'NPS-Wert', metric: 'nps', from: 0, to: 10 }],
      ...{ customer: 'Kundennr', personal: ['Kundennr', 'Name', 'E-Mail', 'Kommentar', 'Bearbeiter'] },
      ...{ received: 'Eingang', at: 'Eingang', contacted: 'Erstkontakt', closed: 'Erledigt', owner: 'Bearbeiter' },
      ...{ comment: 'Kommentar', touchpoint: 'Filiale', product: 'Produkt' },
      amount: { column: 'Erstattung (EUR)', currency: 'EUR' },
    });
  });

  test('the proposal is a mapping and a rule set that work, and the preview shows no words of a person', async () => {
    const { preview } = await previewOf(SHIPPED);
    expect(preview).toMatchObject({ rows: 200, opened: 63, rejected: [] });
    expect(preview.cases[0]).toMatchObject({ group: 'B-2025-0005', lines: [6] });
    expect(JSON.stringify(preview)).not.toContain('beschädigt');
  });
});

describe('of other files', () => {
  test('a log of rows of cases: states, owners and a row’s own time', async () => {
    const log = [
      'ticket\tstate\topened_at\tupdated_at\tassigned_to',
      '7\tNew\t2031-05-05 09:00\t2031-05-05 09:00\t?',
      '8\tNew\t2031-05-05 10:00\t2031-05-05 10:00\tben',
      '7\tResolved\t2031-05-05 09:00\t2031-05-06 09:00\tana',
    ];
    const path = fileOf(gzipSync(log.join('\n')));
    const { mapping, preview } = await previewOf(path);
    expect(mapping.mapping).toMatchObject({
      format: { delimiter: '\t' },
      empty: ['?'],
      rows: { group: 'ticket', grouped: 'anywhere', order: ['updated_at'], id: ['ticket', 'updated_at'] },
    });
    expect(preview.events).toEqual({ CaseOpened: 2, CaseAssigned: 3, CaseSubmitted: 1, CaseApproved: 1 });
  });

  test('days that can be read in two ways are said', async () => {
    const path = fileOf('id,created\n1,3/4/2031\n2,5/6/2031\n');
    const { dates } = await guessOf(path);
    expect(dates).toEqual({ pattern: 'd/M/yyyy', columns: ['created'], orElse: 'M/d/yyyy' });
    expect(proposedMapping(await readSample(path), await guessOf(path), SUBJECT)).toContain(
      'dates: d/M/yyyy # guess, from created; M/d/yyyy would fit as well',
    );
  });

  test.each([
    ['rating', ['1', '5'], 'csat'],
    ['stars', ['1', '5'], 'stars'],
    ['satisfaction', ['1', '7'], 'ces'],
    ['score', ['0', '3'], 'nps'],
    ['recommend', ['4', '3'], 'nps'],
  ])('a column %s from %j is taken for %s', async (name, texts, metric) => {
    const rows = texts.map((text, i) => `${i},2031-05-05T09:00:00Z,${text}`);
    expect((await guessOf(fileOf([`id,at,${name}`, ...rows].join('\n')))).scores).toMatchObject([{ metric }]);
  });

  test('names that YAML would take for something else are read as they stand', async () => {
    const odd = ['#1: a', 'yes', "it's", '{x}', 'null'];
    const rows = ['1', '2'].map((id) => `${id},2031-05-05T09:00:00Z,${odd.map(() => 'a@b.org').join(',')}`);
    const { mapping } = await previewOf(fileOf([`id,at,${odd.join(',')}`, ...rows].join('\n')));
    expect(mapping.mapping.personal).toEqual(odd);
  });

  test.each([
    ['no header', '1,2031-05-05,x\n2,2031-05-06,y\n', 'must name the columns, and it has "1"'],
    ['one column', 'name\nana\n', 'one column only'],
    ['a header alone', 'id,at\n', 'has no rows'],
  ])('%s is refused in words', async (_what, content, message) => {
    await expect(readSample(fileOf(content))).rejects.toThrow(message);
  });

  test('a file without dates gives no proposal', async () => {
    expect(guessColumns(await readSample(fileOf('id,name\n1,ana\n2,ben\n')))).toBeUndefined();
  });
});

test.each([
  ['Käufe 2031 (final).csv.gz', 'kaufe-2031-final'],
  ['2031.csv', 'imported'],
])('a programme of the file %s is named %s', (file, name) => expect(nameFrom(file)).toBe(name));

test('the file that ships is as a spreadsheet saves it: not UTF-8', () => {
  expect(() => new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(SHIPPED))).toThrow();
});

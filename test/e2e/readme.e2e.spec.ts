import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { amends, ROOT_FOLDER, sample } from './amends.testing.js';
import { patternOf, transcriptOf } from './transcript.testing.js';

const AMENDS = 'npm run -s amends -- ';
const LONG = 300_000;
const shown = transcriptOf(readFileSync(join(ROOT_FOLDER, 'README.md'), 'utf8'));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'amends-readme-'));
  const pack = readFileSync(join(ROOT_FOLDER, 'packs/incidents.yaml'), 'utf8');
  writeFileSync(join(folder, 'forty-hours.yaml'), pack.replace('within: 62h', 'within: 40h'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the README's commands make, and what they are given in the folder of this run. */
const MADE = /^(\.\/incidents|forty-hours\.yaml|rehearsal\.html|survey|survey\/.*|\.\/survey-data)$/;

/** The files that the README names: the real data, and what stands in the folder of this run. */
function fileOf(word: string): string {
  if (word === 'incident-events.csv.gz') return sample('incident-events-to-2016-04-14.csv.gz');
  return MADE.test(word) ? join(folder, word) : word;
}

describe('what the README shows is what is printed', () => {
  test('it shows commands', () => expect(shown.length).toBeGreaterThan(5));

  // One after another: each works on what those before it left.
  test.each(shown.map(({ command, lines }) => [command, lines] as const))(
    '%s',
    async (command, lines) => {
      expect(command.startsWith(AMENDS)).toBe(true);
      const ended = await amends(...command.slice(AMENDS.length).split(' ').map(fileOf));
      expect(ended).toMatchObject({ code: 0 });
      expect(ended.out.replaceAll(`${folder}/`, '')).toMatch(patternOf(lines));
    },
    LONG,
  );
});

test('a transcript that is not what is printed is found', () => {
  const lines = ['81,519 rows, in 8.37 s', '...', '  digest  c1f022751804...'];
  const printed = (rows: string, digest: string) => `${rows} rows, in 12.1 s\nmore\n  digest  ${digest}\n`;
  expect(printed('81,519', 'c1f022751804ab')).toMatch(patternOf(lines));
  expect(printed('81,518', 'c1f022751804ab')).not.toMatch(patternOf(lines));
  expect(printed('81,519', '31d0142c57b8ab')).not.toMatch(patternOf(lines));
});

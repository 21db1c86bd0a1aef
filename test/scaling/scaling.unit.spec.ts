import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT_FOLDER } from '../e2e/amends.testing.js';
import { simulate, type Outcome } from './simulated-projectors.testing.js';

/** Events that one projector folds in a second. All else is in proportion, so that few events stand for many. */
const FOLDS = 60;

/** The rows of the simulation's table. */
function rowsOf(page: string): { projectors: number; load: number; says: string }[] {
  const [, table = ''] = /\| projectors \| load \|[^]*?\n\|[-|]+\n((?:\|.*\n)+)/.exec(page) ?? [];
  return table
    .trim()
    .split('\n')
    .map((row) => {
      const [projectors = '', load = '', ...says] = row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      return { projectors: Number(projectors), load: Number(load.replace(' %', '')) / 100, says: says.join(' | ') };
    });
}

const inWords = ({ busiest, lagBefore, lagAfterLoss, recoveredAfter }: Outcome): string =>
  [
    `${busiest.toFixed(2)} x`,
    `${lagBefore} s`,
    ...(recoveredAfter === undefined ? ['grows', 'not by itself'] : [`${lagAfterLoss} s`, `${recoveredAfter} s`]),
  ].join(' | ');

const simulated = ({ projectors, load, seed = 1 }: { projectors: number; load: number; seed?: number }) =>
  simulate({ seed, projectors, offered: Math.round(projectors * FOLDS * load), folds: FOLDS });

const rows = rowsOf(readFileSync(join(ROOT_FOLDER, 'docs', 'scaling.md'), 'utf8'));

test('the page has a table of the simulation', () => {
  expect(rows.length).toBeGreaterThanOrEqual(5);
});

test.each(rows)('$projectors projectors at a load of $load perform as the page says', async (row) => {
  expect(inWords(await simulated(row))).toBe(row.says);
});

test.each([2, 3])(
  'seed %d: every event is folded once, and the others take over for a lost projector',
  async (seed) => {
    const outcome = await simulated({ projectors: 4, load: 0.6, seed });
    expect(outcome).toMatchObject({ foldedByTwo: 0, folded: outcome.came });
    expect(outcome.recoveredAfter).toBeDefined();
  },
);

test('the same seed gives the same outcome, and another seed another one', async () => {
  const [once, again, other] = [1, 1, 2].map((seed) => simulated({ projectors: 2, load: 0.4, seed }));
  expect(await again).toEqual(await once);
  expect((await other)?.busiest).not.toBe((await once)?.busiest);
});

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Commands } from '../../../libs/commands/commands.js';
import type { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { Rehearsals } from './rehearsals.js';

const ID = '5b0d1c9e-0c1e-5d5e-9c7a-3d1f6a2b4c8d';
let folder: string;
let rehearsals: Rehearsals;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amends-rehearsals-'));
  mkdirSync(join(folder, 'rehearsals'));
  rehearsals = new Rehearsals({ folder } as Stores, {} as Commands, {} as RulesInForce);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string): void => {
  for (const ending of ['json', 'html']) writeFileSync(join(folder, `${name}.${ending}`), '{}');
};

test('a result is found by its id, and gone once it is dropped', async () => {
  write(`rehearsals/${ID}`);
  expect(rehearsals.find(ID)).toEqual(rehearsals.filesOf(ID));
  await rehearsals.drop(ID);
  expect(() => rehearsals.find(ID)).toThrow(`Rehearsal ${ID} is not here.`);
});

test('files beside the results are neither shown nor dropped', async () => {
  write('settings');
  expect(() => rehearsals.find('../settings')).toThrow('Rehearsal ../settings is not here.');
  await expect(rehearsals.drop('../settings')).rejects.toThrow('is not here');
  expect(existsSync(join(folder, 'settings.json'))).toBe(true);
});

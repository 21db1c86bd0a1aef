import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { described } from './described.js';

const FILE = join(import.meta.dirname, '../../docs/subscribers/asyncapi.json');

/** UPDATE_SCHEMAS=1 writes it anew. */
test('the AsyncAPI document that subscribers read in docs/ is the one that is served', () => {
  const served = `${JSON.stringify(described(), null, 2)}\n`;
  if (process.env['UPDATE_SCHEMAS']) writeFileSync(FILE, served);
  expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(JSON.parse(served));
});

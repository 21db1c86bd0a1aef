import { expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { RULE_SET_SCHEMA } from './rule-set.schema.js';

const PUBLISHED = new URL('../../../docs/rule-set.schema.json', import.meta.url);

/** UPDATE_SCHEMAS=1 rewrites it. */
test('the published schema is the one that is checked with', () => {
  const written = `${JSON.stringify(RULE_SET_SCHEMA, null, 2)}\n`;
  if (process.env['UPDATE_SCHEMAS']) writeFileSync(PUBLISHED, written);
  expect(JSON.parse(readFileSync(PUBLISHED, 'utf8'))).toEqual(JSON.parse(written));
});

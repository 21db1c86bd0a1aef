import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { field, holds, object, optional } from './schema.js';

const money = object({
  amount: field<number>({ type: 'integer', minimum: 0 }),
  currency: field<string>({ type: 'string' }),
});
const SCHEMAS: readonly TSchema[] = [
  field({ type: 'string' }),
  field({ type: 'boolean' }),
  field({ type: 'number' }),
  field({ type: 'integer', minimum: 0 }),
  field({ enum: ['met', 'missed'] }),
  field({ const: true }),
  field({ type: 'array', items: { type: 'string' } }),
  field({ type: 'array', items: money }),
  money,
  object({ value: optional(money), note: field<string>({ type: 'string' }) }),
];

const leaf = fc.constantFrom(null, true, false, '', 'met', 'EUR', -1, 0, 1, 1.5, 700);
const any = fc.letrec((tie) => ({
  value: fc.oneof(
    leaf,
    fc.array(tie('value'), { maxLength: 2 }),
    fc.record({ amount: leaf, currency: leaf, of: leaf }, { requiredKeys: [] }),
    fc.record({ value: tie('value'), note: leaf }, { requiredKeys: [] }),
  ),
})).value;

test('a value is of a kind exactly where TypeBox says so', () => {
  fc.assert(
    fc.property(any, (value) => {
      for (const schema of SCHEMAS)
        expect({ schema, value, holds: holds({ ...schema }, value) }).toEqual({
          schema,
          value,
          holds: Check(schema, value),
        });
    }),
    { numRuns: 500 },
  );
});

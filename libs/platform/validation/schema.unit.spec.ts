import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Set as setFormat } from 'typebox/format';
import { Check } from 'typebox/value';
import {
  Anything,
  Day,
  Flag,
  Id,
  Instant,
  Language,
  OneOf,
  Optional,
  Part,
  Parts,
  Text,
  Texts,
  True,
  Whole,
} from '../../recovery/vocabulary/fields.js';
import { hasControlCharacter, isDay, isId, isInstant, LANGUAGE } from './formats.js';
import { mistakesOf } from './schema.js';

const Inner = Part({ name: Text(5), score: Optional(Whole(0, 10)) });

/** Every kind of field, each once. */
const Sample = Part({
  text: Optional(Text(6)),
  texts: Optional(Texts(2, 4)),
  id: Optional(Id),
  instant: Optional(Instant),
  day: Optional(Day),
  language: Optional(Language),
  answer: Optional(OneOf(['yes', 'no'])),
  score: Optional(Whole(1, 5)),
  flag: Optional(Flag),
  only: Optional(True),
  part: Optional(Inner),
  parts: Optional(Parts(Inner, 2)),
  anything: Optional(Anything),
});

setFormat('instant', isInstant);
setFormat('day', isDay);
setFormat('id', isId);
setFormat('language', (value) => LANGUAGE.test(value));
setFormat('plain-text', (value) => !hasControlCharacter(value));

const odd = fc.oneof(
  fc.constantFrom(
    null,
    '',
    ' ',
    'yes',
    'no',
    'en',
    'pt-BR',
    'x_y',
    0,
    1,
    5,
    6,
    -1,
    1.5,
    1e21,
    true,
    [],
    ['a'],
    ['a', 'b', 'c'],
    [1],
    {},
  ),
  fc.constantFrom('2031-05-05', '2031-02-30', '2031-05-05T09:00:00Z', '2031-02-30T09:00:00Z', '2031-05-05T24:00:00Z'),
  fc.constantFrom(
    '2031-05-05T09:00:00.123+02:00',
    '2031-05-05T09:00',
    'soon',
    '👍👍👍',
    '👍️👍️👍️👍️',
    'a\u0000b',
    'a\nb',
  ),
  fc.uuid(),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.integer(),
);
const inner = fc.record({ name: odd, score: odd, other: odd }, { requiredKeys: [] });
const part = fc.oneof(odd, inner);
const sample = fc.record(
  {
    text: odd,
    texts: fc.oneof(odd, fc.array(odd, { maxLength: 3 })),
    id: odd,
    instant: odd,
    day: odd,
    language: odd,
    answer: odd,
    score: odd,
    flag: odd,
    only: odd,
    part,
    parts: fc.oneof(odd, fc.array(part, { maxLength: 3 })),
    anything: part,
    unknown: odd,
  },
  { requiredKeys: [] },
);

describe('a message', () => {
  test('is judged alike by its compiled schema and by the library that it is declared with', () => {
    fc.assert(
      fc.property(sample, (value) => {
        // Most samples have one field at least that is wrong: look at each field alone too.
        for (const one of [value, ...Object.entries(value).map(([name, member]) => ({ [name]: member }))])
          expect({ one, right: mistakesOf(Sample, one).length === 0 }).toEqual({ one, right: Check(Sample, one) });
      }),
      { numRuns: 300 },
    );
  });

  test('has a closed schema', () => {
    expect(JSON.parse(JSON.stringify(Inner))).toEqual({
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 5, format: 'plain-text' },
        score: { type: 'integer', minimum: 0, maximum: 10 },
      },
    });
  });

  test.each<[object, string, string]>([
    [{ part: {} }, 'part/name', 'is required'],
    [{ unknown: 1 }, 'unknown', 'is not a field of this message'],
    [{ answer: 'maybe' }, 'answer', 'must be one of yes, no, not "maybe"'],
    [{ instant: 'soon' }, 'instant', 'must be an instant such as 2031-05-05T09:00:00Z, not "soon"'],
    [
      { instant: '9999-12-31T23:59:59-00:01' },
      'instant',
      'must be an instant such as 2031-05-05T09:00:00Z, not "9999-12-31T23:59:59-00:01"',
    ],
    [
      { instant: '0001-01-01T00:00:00+00:01' },
      'instant',
      'must be an instant such as 2031-05-05T09:00:00Z, not "0001-01-01T00:00:00+00:01"',
    ],
    [{ only: false }, 'only', 'must be true, not false'],
    [{ score: '5' }, 'score', 'must be a whole number, not "5"'],
    [{ score: null }, 'score', 'must be a whole number, not null'],
    [{ parts: [{ name: 'abcdef' }] }, 'parts/0/name', 'must have at most 5 characters, not "abcdef"'],
    [{ parts: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] }, 'parts', 'must have at most 2 entries'],
  ])('%j is refused at %s: %s', (value, field, message) => {
    expect(mistakesOf(Sample, value)).toContainEqual({ field, message });
  });
});

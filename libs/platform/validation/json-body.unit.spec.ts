import { describe, expect, test } from '@jest/globals';
import { Problem } from '../problem/problem.js';
import { parseJson } from './json-body.js';

const refusal = (body: string | Buffer): unknown => {
  try {
    return { accepted: parseJson(Buffer.from(body as string)) };
  } catch (error) {
    if (error instanceof Problem) return error.body;
    throw error;
  }
};

describe('a body', () => {
  test('of plain JSON is what JSON.parse makes of it', () => {
    const body = '{"a":[1,{"b":"x:\\"y\\\\"}],"c":{"a":null},"d":"{\\"e\\":1}"}';
    expect(parseJson(Buffer.from(body))).toEqual(JSON.parse(body));
  });

  test('with a name given twice is refused by that name', () => {
    expect(refusal('{"score":1,"comment":"a:b","score":9}')).toMatchObject({
      status: 400,
      errors: [{ field: 'score', message: 'is given twice; send it once' }],
    });
    expect(refusal('{"a":{"x":1},"b":{"x":1,"x":2}}')).toMatchObject({ errors: [{ field: 'x' }] });
    expect(refusal('{"a\\u0062":1,"ab":2}')).toMatchObject({ errors: [{ field: 'ab' }] });
  });

  test.each(['__proto__', 'constructor', 'prototype'])('that names %s is refused', (name) => {
    expect(refusal(`{"tags":[{"${name}":{"admin":true}}]}`)).toMatchObject({ errors: [{ field: `tags/0/${name}` }] });
  });

  test('that is not UTF-8 is refused', () => {
    expect(refusal(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toMatchObject({
      status: 400,
      code: 'malformed',
    });
  });

  test('with half a surrogate pair or a control character is refused by the field', () => {
    expect(refusal('{"comment":"\\ud800"}')).toMatchObject({ errors: [{ field: 'comment' }] });
    expect(refusal('{"comment":"a\\u0000b"}')).toMatchObject({ errors: [{ field: 'comment' }] });
  });

  test('nested without end is refused', () => {
    expect(refusal(`${'['.repeat(20_000)}${']'.repeat(20_000)}`)).toMatchObject({ status: 422 });
  });

  test.each(['NaN', '{"score":NaN}', '{"score":Infinity}', '', '{', "{'a':1}", '{"a":1}x'])(
    'that is not JSON (%s) is refused',
    (body) => {
      expect(refusal(body)).toMatchObject({ status: 400, code: 'malformed' });
    },
  );

  test('with a number beyond all numbers is refused by the field', () => {
    expect(refusal('{"score":1e999}')).toMatchObject({ errors: [{ field: 'score' }] });
  });
});

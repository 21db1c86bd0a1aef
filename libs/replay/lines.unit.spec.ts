import { expect, test } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import type { Document } from '../event-sourcing/projection.js';
import { Lines } from './lines.js';

const lines = new Lines();
const line = (document: Document): string => {
  lines.add({ id: 'one', document });
  return lines.take().toString();
};

test('a document is hashed as canonical JSON, as RFC 8785 has it', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (document) => {
      // Names that say when and where a build was made are told apart below.
      for (const name of ['position', 'recordedAt', 'generation', 'timeZoneData', 'sealed'])
        fc.pre(!JSON.stringify(document).includes(`"${name}"`));
      expect(line(document)).toBe(`${canonicalize(['one', document])}\n`);
    }),
  );
});

test('documents of other names, or of the same in another order, are not mixed up', () => {
  expect(line({ a: 1, b: 2 })).toBe('["one",{"a":1,"b":2}]\n');
  expect(line({ b: 2, a: 1 })).toBe('["one",{"a":1,"b":2}]\n');
  expect(line({ a: [{ d: 1, c: 2 }, { c: 3 }], b: {} })).toBe('["one",{"a":[{"c":2,"d":1},{"c":3}],"b":{}}]\n');
  expect(line({ a: { d: 1 }, b: [] })).toBe('["one",{"a":{"d":1},"b":[]}]\n');
});

test('names that are data, such as ids, are told apart however many come', () => {
  for (let i = 0; i < 100; i++)
    expect(line({ answers: { [`offer-${i}`]: i, b: 1, a: {} } })).toBe(
      `["one",{"answers":{"a":{},"b":1,"offer-${i}":${i}}}]\n`,
    );
});

test('lines of any length stand one after another', () => {
  const long = 'ä"'.repeat(50_000);
  for (const text of ['short', long]) lines.add({ id: text, document: { text } });
  expect(lines.take().toString()).toBe(
    `["short",{"text":"short"}]\n[${JSON.stringify(long)},{"text":${JSON.stringify(long)}}]\n`,
  );
  expect(lines.take()).toHaveLength(0);
});

test('when and where a build was made leaves no trace in its digest', () => {
  const said = { b: [{ recordedAt: 'now', a: 1 }], a: { position: '7' } };
  expect(line({ ...said, generation: 4, timeZoneData: '2031a' })).toBe('["one",{"a":{},"b":[{"a":1}]}]\n');
});

test("a person's sealed words count by where they were first stored", () => {
  const sealed = { sealed: 'c2VjcmV0', key: 'eva', event: 'e1', field: 'note' };
  expect(line({ note: sealed })).toBe(line({ note: { ...sealed, sealed: 'YW5vdGhlcg==' } }));
  expect(line({ note: sealed })).toBe('["one",{"note":{"event":"e1","field":"note"}}]\n');
});

import { expect, test } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import type { Document } from '../event-sourcing/projection.js';
import { lineWriter } from './digest.js';

const lineOf = lineWriter();
const line = (document: Document): string => lineOf({ id: 'one', document });

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

test('when and where a build was made leaves no trace in its digest', () => {
  const said = { b: [{ recordedAt: 'now', a: 1 }], a: { position: '7' } };
  expect(line({ ...said, generation: 4, timeZoneData: '2031a' })).toBe('["one",{"a":{},"b":[{"a":1}]}]\n');
});

test("a person's sealed words count by where they were first stored", () => {
  const sealed = { sealed: 'c2VjcmV0', key: 'eva', event: 'e1', field: 'note' };
  expect(line({ note: sealed })).toBe(line({ note: { ...sealed, sealed: 'YW5vdGhlcg==' } }));
  expect(line({ note: sealed })).toBe('["one",{"note":{"event":"e1","field":"note"}}]\n');
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Document } from '../../../event-sourcing/projection.js';
import { Lines } from './lines.js';
import { plainLine } from './plain-line.testing.js';
import { Utf8Writer } from './utf8-writer.js';

const lines = new Lines();
const bytes = new Utf8Writer();
const line = (document: Document): string => {
  lines.add({ id: 'one', document }, bytes);
  return bytes.take().toString();
};

test('a document is hashed as canonical JSON, as RFC 8785 has it', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (document) => {
      expect(line(document)).toBe(plainLine({ id: 'one', document }));
    }),
  );
});

test('documents of other names, or of the same in another order, are not mixed up', () => {
  expect(line({ a: 1, b: 2 })).toBe('["one",{"a":1,"b":2}]\n');
  expect(line({ b: 2, a: 1 })).toBe('["one",{"a":1,"b":2}]\n');
  expect(line({ a: [{ d: 1, c: 2 }, { c: 3 }], b: {} })).toBe('["one",{"a":[{"c":2,"d":1},{"c":3}],"b":{}}]\n');
  expect(line({ a: { d: 1 }, b: [] })).toBe('["one",{"a":{"d":1},"b":[]}]\n');
});

const NAMES = ['a', 'b', 'c', 'position'];
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, true, 0, 7, -1.5, 1e9, 'x', 'ä"', [], 'a text of some length'),
    fc.nat(1).map((nth) => ({ sealed: `c2Vh${nth}`, key: 'eva', event: 'e1', field: 'note' })),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), fc.option(tie('value'), { nil: undefined }), { maxKeys: 3 }),
  ),
}));
const few = fc.constantFrom(undefined, 1, 'x');
const documents: fc.Arbitrary<Document> = fc.oneof(
  fc.dictionary(fc.constantFrom(...NAMES), value),
  fc.record({ a: few, b: few, c: fc.oneof(few, value) }),
);
/** Which of two writers a document is written to, and whether that is taken afterwards. */
const added = fc.array(fc.record({ document: documents, to: fc.nat(1), taken: fc.boolean() }), { maxLength: 30 });

test('a line is the same whatever was written before it, where it was written, and what was taken since', () => {
  fc.assert(
    fc.property(added, (all) => {
      const own = new Lines();
      const writers = [new Utf8Writer(), new Utf8Writer()];
      const expected = ['', ''];
      for (const { document, to, taken } of all) {
        const writer = writers[to] as Utf8Writer;
        own.add({ id: 'one', document }, writer);
        expected[to] += plainLine({ id: 'one', document });
        if (!taken) continue;
        expect(writer.take().toString()).toBe(expected[to]);
        expected[to] = '';
      }
      for (const [to, writer] of writers.entries()) expect(writer.take().toString()).toBe(expected[to]);
    }),
    { numRuns: 2_000 },
  );
});

test('what is repeated is copied from where it stands now, however far the text has grown', () => {
  const [own, writer] = [new Lines(), new Utf8Writer()];
  const document = { a: 'x'.repeat(1_000), b: ['ä', 7], c: { d: 'y'.repeat(500) } };
  for (let i = 0; i < 200; i++) own.add({ id: 'one', document: { ...document, e: i } }, writer);
  const lines = Array.from({ length: 200 }, (_, i) => plainLine({ id: 'one', document: { ...document, e: i } }));
  expect(writer.take().toString()).toBe(lines.join(''));
});

test('names that are data, such as ids, are told apart however many come', () => {
  for (let i = 0; i < 200; i++)
    expect(line({ answers: { [`offer-${i}`]: i, b: 1, a: {} } })).toBe(
      `["one",{"answers":{"a":{},"b":1,"offer-${i}":${i}}}]\n`,
    );
});

test('lines of any length stand one after another', () => {
  const long = 'ä"'.repeat(50_000);
  for (const text of ['short', long]) lines.add({ id: text, document: { text } }, bytes);
  expect(bytes.take().toString()).toBe(
    `["short",{"text":"short"}]\n[${JSON.stringify(long)},{"text":${JSON.stringify(long)}}]\n`,
  );
  expect(bytes.take()).toHaveLength(0);
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

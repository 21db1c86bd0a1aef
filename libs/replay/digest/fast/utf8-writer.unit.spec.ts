import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PlainWriter } from './plain-writer.testing.js';
import { encoded, Utf8Writer } from './utf8-writer.js';

const ascii = fc.string({ unit: fc.constantFrom(...'ab {}:,') });
type Step = (writer: PlainWriter | Utf8Writer) => void;
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.integer({ min: 0x20, max: 0x7e }).map(
      (byte): Step =>
        (writer) =>
          writer.byte(byte),
    ),
    ascii.map(
      (text): Step =>
        (writer) =>
          writer.plain(text),
    ),
    fc.string({ unit: 'binary' }).map(
      (text): Step =>
        (writer) =>
          writer.quoted(text),
    ),
    fc.oneof(fc.nat(), fc.double()).map(
      (value): Step =>
        (writer) =>
          writer.number(value),
    ),
    fc.integer({ min: 60_000, max: 70_000 }).map(
      (length): Step =>
        (writer) =>
          writer.quoted('x'.repeat(length)),
    ),
    ascii.map(
      (text): Step =>
        (writer) =>
          writer instanceof Utf8Writer ? writer.encoded(encoded(text)) : writer.plain(text),
    ),
  ),
);

test('bytes are those of the text, whatever is written after what', () => {
  const [writer, plain] = [new Utf8Writer(), new PlainWriter()];
  fc.assert(
    fc.property(steps, (all) => {
      for (const step of all) [writer, plain].forEach(step);
      expect(writer.take().equals(Buffer.from(plain.take()))).toBe(true);
    }),
  );
});

test('what is copied is what stood there', () => {
  fc.assert(
    fc.property(ascii, ascii, fc.nat(20), fc.nat(20), (one, other, from, length) => {
      const [source, target] = [new Utf8Writer(), new Utf8Writer()];
      source.plain(one);
      target.plain(other);
      const [start, end] = [Math.min(from, one.length), Math.min(from + length, one.length)];
      target.copy(source, start, end);
      expect(target.take().toString()).toBe(other + one.slice(start, end));
    }),
  );
});

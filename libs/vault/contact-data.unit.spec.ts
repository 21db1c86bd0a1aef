import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newerIn, plainContact, type ContactStatement, type DatedContact } from './contact-data.js';

const after = (known: DatedContact, ...statements: readonly ContactStatement[]): DatedContact =>
  statements.reduce((before, statement) => ({ ...before, ...newerIn(statement, before) }), known);

const [MONDAY, TUESDAY] = ['2031-05-05T09:00:00.000Z', '2031-05-06T09:00:00.000Z'];

test('each field stands as of the last time that somebody stated it', () => {
  const tuesday = { contact: { email: 'eva@new.example' }, asOf: TUESDAY };
  const monday = { contact: { email: 'eva@old.example', phone: '+49 30 1' }, asOf: MONDAY };
  expect(plainContact(after({}, tuesday, monday))).toEqual({ email: 'eva@new.example', phone: '+49 30 1' });
});

test('a statement that is known adds nothing, and neither does an older one', () => {
  const known = after({}, { contact: { name: 'Eva' }, asOf: TUESDAY });
  expect(newerIn({ contact: { name: 'Eva' }, asOf: TUESDAY }, known)).toEqual({});
  expect(newerIn({ contact: { name: 'Ewa' }, asOf: MONDAY }, known)).toEqual({});
});

test('what was stored without a time is older than anything stated', () => {
  const stored = { name: 'Eva', phone: '+49 30 1' };
  expect(plainContact(stored)).toEqual(stored);
  expect(plainContact(after(stored, { contact: { name: 'Ewa' }, asOf: MONDAY }))).toEqual({ ...stored, name: 'Ewa' });
});

test('in any order, and however often they come, the same statements leave the same contact data', () => {
  const text = fc.constantFrom('a', 'b', 'c');
  const statement = fc.record({
    contact: fc.record({ name: text, email: text, phone: text }, { requiredKeys: [] }),
    asOf: fc.constantFrom(MONDAY, TUESDAY, '2031-05-07T09:00:00.000Z'),
  });
  const statements = fc.array(statement, { maxLength: 8 });
  const arrivals = statements.chain((sent) =>
    fc.tuple(
      fc.constant(sent),
      fc.shuffledSubarray([...sent, ...sent], { minLength: 2 * sent.length, maxLength: 2 * sent.length }),
    ),
  );
  fc.assert(
    fc.property(arrivals, fc.constantFrom<DatedContact>({}, { name: 'b', email: 'b' }), ([sent, arrived], stored) => {
      expect(after(stored, ...arrived)).toEqual(after(stored, ...sent));
    }),
  );
});

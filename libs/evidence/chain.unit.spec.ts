import { expect, test } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import type { Recorded } from '../event-sourcing/event.js';
import { lendingEvent } from '../event-store/lending.testing.js';
import { canonicalEvent, CHAIN_START, hashOfEvent, link } from './chain.js';

const recorded = (over: object): Recorded => ({ ...lendingEvent('loan-7', 'a'), revision: 1, position: '1', ...over });

test('an event is hashed as its canonical JSON without its position, whatever its data', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'grapheme' })),
      fc.boolean(),
      fc.boolean(),
      (data, imported, hashed) => {
        const event = recorded({
          data,
          ...(imported ? { imported, sequence: 2.5 } : {}),
          ...(hashed ? { requestHash: 'n4bQgYhMfWWaL-qgxVrQFa' } : {}),
        });
        const { position: _, ...rest } = event;
        expect(canonicalEvent(event)).toBe(canonicalize(rest));
      },
    ),
    { seed: 7 },
  );
});
test('the order of fields and the position change no hash', () => {
  const event = recorded({ data: { a: 1, b: 2 } });
  const turned = Object.fromEntries(Object.entries({ ...event, position: '9', data: { b: 2, a: 1 } }).reverse());
  expect(hashOfEvent(turned as unknown as Recorded)).toBe(hashOfEvent(event));
});
test('the chain is stored for good: these very events give this very chain', () => {
  const chain = ['a', 'b'].reduce((so, name) => link(so, hashOfEvent(recorded({ data: { name } }))), CHAIN_START);
  expect(chain).toMatchInlineSnapshot(`"708bae0b470ca5a41cc1c2db6cb58156416911786ed8d070831490d32b08af9f"`);
});

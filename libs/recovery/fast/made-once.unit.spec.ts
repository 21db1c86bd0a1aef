import { expect, test } from '@jest/globals';
import { MadeOnce } from './made-once.js';

test('it is made when it is first asked for, and once, be it nothing at all', () => {
  let made = 0;
  const nothing = new MadeOnce(() => {
    made++;
    return undefined;
  });
  expect(made).toBe(0);
  expect([nothing.get(), nothing.get(), made]).toEqual([undefined, undefined, 1]);
});

import { expect, test } from '@jest/globals';
import { idOf } from './identity.js';

// Ids are in stored histories: another answer to any of these would be a second event for one cause.
test.each([
  [['incidents', 'INC0000045', 0], '93ab602e-e29c-53fa-ae8d-c8ee4b4e440e'],
  [['a', 'bc'], '55a82843-5076-5ac3-97db-f7c29f920566'],
  [['ab', 'c'], 'd979fcc8-c5b5-5f8d-a971-ed8315dbdf00'],
  [['für Ana', '😀', 7], '0f9c9631-0d6f-5653-9331-8fc9bbd5876e'],
  [[], '401fdee5-7a9d-5a4f-84c1-6baf66a73a08'],
])('the id of %j is the same for ever', (parts, id) => {
  expect(idOf(...parts)).toBe(id);
});

test('no id is made of half a surrogate pair, which would be the same as that of any other', () => {
  expect(() => idOf('web', 'a\ud800')).toThrow('half a surrogate pair');
});

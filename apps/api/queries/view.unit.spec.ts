import { expect, test } from '@jest/globals';
import { instantsOf } from './view.js';

test('instants and days are read as history holds instants, and what is left out stays out', () => {
  const named = { from: '2031-05-05', until: '2031-05-05T09:00:00+02:00', team: 'care' };
  expect(instantsOf(named, 'from', 'until', 'at')).toEqual({
    from: '2031-05-05T00:00:00.000Z',
    until: '2031-05-05T07:00:00.000Z',
  });
});

test('what is neither an instant nor a day is refused by the names of its parameters', () => {
  expect(() => instantsOf({ from: 'soon', until: '2031-02-30' }, 'from', 'until')).toThrow(
    expect.objectContaining({
      body: expect.objectContaining({
        status: 422,
        errors: ['soon', '2031-02-30'].map((text, index) => ({
          field: ['from', 'until'][index],
          message: `must be an instant such as 2031-05-05T09:00:00Z or a day such as 2031-05-05, not "${text}"`,
        })),
      }),
    }),
  );
});

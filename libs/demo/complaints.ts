/** What invented customers complain about: touchpoint, words, cause and remedy. */
export interface Complaint {
  readonly touchpoint: string;
  readonly comment: string;
  readonly cause: readonly [string, ...string[]];
  readonly action?: string;
  readonly weight: number;
}

export const COMPLAINTS: readonly Complaint[] = [
  {
    touchpoint: 'invoice',
    comment: 'I was charged twice for one order and nobody answers my mails.',
    cause: ['process', 'billing', 'double-charge'],
    action: 'Second charge refunded',
    weight: 9,
  },
  {
    touchpoint: 'invoice',
    comment: 'The amount on the invoice is not the one in my basket.',
    cause: ['process', 'billing', 'wrong-amount'],
    action: 'Invoice corrected',
    weight: 7,
  },
  {
    touchpoint: 'returns',
    comment: 'My refund takes weeks. I sent the shoes back in October.',
    cause: ['process', 'billing', 'late-refund'],
    weight: 6,
  },
  {
    touchpoint: 'delivery',
    comment: 'The parcel came four days late, after the birthday.',
    cause: ['process', 'delivery', 'late'],
    weight: 12,
  },
  {
    touchpoint: 'delivery',
    comment: 'It says delivered, but nothing came. I waited at home all day.',
    cause: ['process', 'delivery', 'lost'],
    action: 'Sent again by courier',
    weight: 5,
  },
  {
    touchpoint: 'delivery',
    comment: 'The box was open and the lamp inside in pieces.',
    cause: ['process', 'delivery', 'damaged'],
    weight: 5,
  },
  {
    touchpoint: 'product',
    comment: 'It stopped charging after two weeks.',
    cause: ['product', 'defect'],
    action: 'Replaced; batch reported',
    weight: 6,
  },
  {
    touchpoint: 'product',
    comment: 'The colour is nothing like the picture.',
    cause: ['product', 'not-as-described'],
    weight: 4,
  },
  {
    touchpoint: 'app',
    comment: 'I could not log in the whole evening.',
    cause: ['product', 'outage'],
    action: 'Told when it was mended',
    weight: 3,
  },
  {
    touchpoint: 'hotline',
    comment: 'I was passed on four times, each time the same questions.',
    cause: ['people', 'knowledge'],
    weight: 4,
  },
  {
    touchpoint: 'hotline',
    comment: 'They promised to call back. Nobody did.',
    cause: ['people', 'promise-not-kept'],
    weight: 4,
  },
  { touchpoint: 'hotline', comment: 'Forty minutes on hold.', cause: ['communication', 'no-answer'], weight: 4 },
];

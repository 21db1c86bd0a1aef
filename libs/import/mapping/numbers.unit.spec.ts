import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileNumbers, NUMBER_STYLES, stylesOf } from './numbers.js';

const LOCALES = { '1,234.5': 'en-US', '1.234,5': 'de-DE', '1 234,5': 'fr-FR', "1'234.5": 'de-CH' } as const;

test.each(Object.entries(LOCALES))('numbers written as %s are read as %s writes them', (style, locale) => {
  const cents = fc.integer({ min: -1e12, max: 1e12 }).map((whole) => whole / 100);
  fc.assert(
    fc.property(cents, (number) => {
      const text = number.toLocaleString(locale, { maximumFractionDigits: 2 }).replace('\u2212', '-');
      expect(compileNumbers(style as keyof typeof LOCALES)(text)).toBe(number + 0);
    }),
  );
});

test.each(['', '1.2.3', '12.34,5', '1e3', '0x5', 'Infinity', '1,', ',5', '--1', '1 2'])('"%s" is no number', (text) => {
  expect(NUMBER_STYLES.map((style) => compileNumbers(style)(text))).toEqual(NUMBER_STYLES.map(() => undefined));
});

test.each([
  [['7', '10'], ['1234.5']],
  [['1.234,5', '3'], ['1.234,5']],
  [['1.234'], ['1234.5', '1.234,5']],
  [['1,5'], ['1.234,5']],
  [['1,234'], ['1,234.5', '1.234,5']],
  [['x'], []],
])('%j can be read as written in %j', (texts, styles) => {
  expect(stylesOf(texts)).toEqual(styles);
});

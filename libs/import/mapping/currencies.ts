/**
 * Digits after the point of each currency, by ISO 4217 (list one of 2024-06); all others have two. Not from Intl, which
 * follows CLDR: there, the Iraqi dinar has none.
 */
const DIGITS: readonly (readonly [digits: number, currencies: string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];

const BY_CURRENCY = new Map(
  DIGITS.flatMap(([digits, currencies]) => currencies.split(' ').map((currency) => [currency, digits] as const)),
);

const CURRENCIES: ReadonlySet<string> = new Set([...Intl.supportedValuesOf('currency'), ...BY_CURRENCY.keys()]);

export const isCurrency = (text: string): boolean => CURRENCIES.has(text);

/** An amount as a whole number of minor units; undefined if it has more digits than its currency. */
export function minorUnits(amount: number, currency: string): number | undefined {
  const units = amount * 10 ** (BY_CURRENCY.get(currency) ?? 2);
  const whole = Math.round(units);
  return Math.abs(units - whole) < 1e-4 ? whole : undefined;
}

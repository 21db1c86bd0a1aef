/** How a source writes its numbers, each shown by an example: with or without separators of thousands. */
export const NUMBER_STYLES = ['1234.5', '1,234.5', '1.234,5', '1 234,5', "1'234.5"] as const;

export type NumberStyle = (typeof NUMBER_STYLES)[number];

/** Undefined for a text that is no number in that style. */
export type ReadNumber = (text: string) => number | undefined;

export function compileNumbers(style: NumberStyle): ReadNumber {
  const { thousands, decimal } = SEPARATORS[style];
  const whole = thousands === undefined ? '\\d+' : `(?:\\d{1,3}(?:${thousands}\\d{3})+|\\d+)`;
  const expression = new RegExp(`^([+-]?)(${whole})(?:${decimal}(\\d+))?$`);
  return (text) => {
    const match = expression.exec(text);
    if (!match) return undefined;
    const [, sign, digits = '', fraction = '0'] = match;
    const number = Number(`${digits.replaceAll(/\D/g, '')}.${fraction}`);
    return sign === '-' && number !== 0 ? -number : number;
  };
}

/** As parts of regular expressions. */
const SEPARATORS: Readonly<Record<NumberStyle, { readonly thousands?: string; readonly decimal: string }>> = {
  '1234.5': { decimal: '\\.' },
  '1,234.5': { thousands: ',', decimal: '\\.' },
  '1.234,5': { thousands: '\\.', decimal: ',' },
  // Spreadsheets write spaces that don't break.
  '1 234,5': { thousands: '[ \\u00a0\\u202f]', decimal: ',' },
  "1'234.5": { thousands: "['\\u2019]", decimal: '\\.' },
};

const READERS = new Map(NUMBER_STYLES.map((style) => [style, compileNumbers(style)]));

/** The styles in which every text is a number: one for each way to read them. */
export function stylesOf(texts: Iterable<string>): readonly NumberStyle[] {
  const all = [...texts];
  const ways = new Map<string, NumberStyle>();
  for (const [style, read] of READERS) {
    const numbers = all.map(read);
    const way = numbers.join();
    if (!numbers.includes(undefined) && !ways.has(way)) ways.set(way, style);
  }
  return [...ways.values()];
}

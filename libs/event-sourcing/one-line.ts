export const shortened = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 3)}...` : text;

/** A value for people to read: text as it is, all else as JSON. */
export const inOneLine = (value: unknown, most: number): string =>
  shortened(typeof value === 'string' ? value : JSON.stringify(value), most);

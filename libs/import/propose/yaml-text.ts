/** A text as a scalar of YAML that stays a text, also between braces. */
export const scalar = (text: string): string => (isPlain(text) ? text : `'${text.replaceAll("'", "''")}'`);

export const list = (texts: readonly string[]): string => `[${texts.map(scalar).join(', ')}]`;

const isPlain = (text: string): boolean =>
  /^[\p{L}][\p{L}\d _./()-]*$/u.test(text) &&
  !text.endsWith(' ') &&
  !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);

/** Several names as people write them. */
export const named = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

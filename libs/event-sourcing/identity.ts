import { parse, v5 } from 'uuid';

/** As bytes, because uuid would parse text again for every id. */
const NAMESPACE = parse('6b1f7a52-6d0f-5f3c-9c58-4f0f6a3d2b11');

/**
 * The same parts give the same id for ever. Their lengths count too: ('a', 'bc') differs from ('ab', 'c').
 * @throws RangeError for half a surrogate pair, because UTF-8 encodes all halves alike
 */
export function idOf(...parts: readonly (string | number)[]): string {
  const name = parts.map((part) => `${String(part).length}:${part}`).join('');
  if (!name.isWellFormed()) throw new RangeError('No id can be made of text with half a surrogate pair.');
  return v5(Buffer.from(name), NAMESPACE);
}

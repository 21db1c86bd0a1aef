import { hash } from 'node:crypto';

const NAMESPACE = Buffer.from('6b1f7a526d0f5f3c9c584f0f6a3d2b11', 'hex');

/**
 * The same parts give the same id for ever. Their lengths count too: ('a', 'bc') differs from ('ab', 'c').
 * @throws RangeError for half a surrogate pair, because UTF-8 encodes all halves alike
 */
export function idOf(...parts: readonly (string | number)[]): string {
  let name = '';
  for (const part of parts) name += `${String(part).length}:${part}`;
  if (!name.isWellFormed()) throw new RangeError('No id can be made of text with half a surrogate pair.');
  return uuidOfName(name);
}

/** A UUID of version 5, hashed in one call, because many are made for each command. */
const uuidOfName = (name: string): string => {
  const bytes = Buffer.allocUnsafe(NAMESPACE.length + Buffer.byteLength(name));
  NAMESPACE.copy(bytes);
  bytes.write(name, NAMESPACE.length);
  const hex = hash('sha1', bytes);
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

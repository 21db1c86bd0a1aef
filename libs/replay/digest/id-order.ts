type OfId = readonly [id: string, ...unknown[]];

/** In the order of ids as stores have it: of UTF-8 bytes. Sorts in place. */
export function sortById<T extends OfId>(list: T[]): T[] {
  const ids = list.map(([id]) => id).join('');
  // Where all are of ASCII, code units are in the order of bytes.
  return list.sort(Buffer.byteLength(ids) === ids.length ? byCodeUnits : byId);
}

const byId = ([one]: OfId, [other]: OfId): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

const byCodeUnits = (one: OfId, other: OfId): number => (one[0] < other[0] ? -1 : 1);

/** Code units are not in the order of bytes where two of them make one character. */
const PAIRED = /[\ud800-\udfff]/;

/** Whether one comes before the other; false where only their bytes can tell. */
export const isInOrder = (one: string, other: string): boolean =>
  one < other && !PAIRED.test(one) && !PAIRED.test(other);

type OfId = readonly [id: string, ...unknown[]];

/** Sorts in place by id, in the order that stores use: by UTF-8 bytes. */
export function sortById<T extends OfId>(list: T[]): T[] {
  const ids = list.map(([id]) => id).join('');
  // In ASCII, code units have the order of bytes.
  return list.sort(Buffer.byteLength(ids) === ids.length ? byCodeUnits : byId);
}

const byId = ([one]: OfId, [other]: OfId): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

const byCodeUnits = (one: OfId, other: OfId): number => (one[0] < other[0] ? -1 : 1);

/** Surrogate pairs: their code units don't have the order of bytes. */
const PAIRED = /[\ud800-\udfff]/;

/** Whether `one` comes before `other`; also false if only their bytes can tell. */
export const isInOrder = (one: string, other: string): boolean =>
  one < other && !PAIRED.test(one) && !PAIRED.test(other);

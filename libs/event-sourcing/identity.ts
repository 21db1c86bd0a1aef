import { v5 } from 'uuid';

const NAMESPACE = '6b1f7a52-6d0f-5f3c-9c58-4f0f6a3d2b11';

/** The same parts give the same id for ever. Parts are told apart by their lengths, so ('a', 'bc') is not ('ab', 'c'). */
export const idOf = (...parts: readonly (string | number)[]): string =>
  v5(parts.map((part) => `${String(part).length}:${part}`).join(''), NAMESPACE);

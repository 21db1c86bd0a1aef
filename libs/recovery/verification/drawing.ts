import { createHash } from 'node:crypto';

/**
 * Draws a sample that anybody can repeat by hand, in whatever order the cases come. A case's ticket is the SHA-256 of
 * seed, a newline and its id; the lowest tickets win, a share `rate` of the cases rounded up.
 */
export const draw = (seed: string, rate: number, cases: readonly string[]): readonly string[] =>
  cases
    .map((id) => ({ id, ticket: createHash('sha256').update(`${seed}\n${id}`).digest('hex') }))
    .sort((a, b) => (a.ticket < b.ticket ? -1 : 1))
    .slice(0, Math.ceil(rate * cases.length))
    .map(({ id }) => id);

import { distance } from 'fastest-levenshtein';
import type { Cause } from '../rules/rule-set.js';

/** The causes along a path of codes, coarsest first; undefined where the taxonomy has no such path. */
export function causeAt(taxonomy: readonly Cause[], path: readonly string[]): readonly Cause[] | undefined {
  const along: Cause[] = [];
  let level: readonly Cause[] = taxonomy;
  for (const code of path) {
    const cause = level.find((candidate) => candidate.code === code);
    if (!cause) return undefined;
    along.push(cause);
    level = cause.children ?? [];
  }
  return along;
}

/** The known paths that differ from this one in the fewest letters, nearest first. */
export function nearestCauses(
  taxonomy: readonly Cause[],
  path: readonly string[],
  count = 3,
): readonly (readonly string[])[] {
  const wanted = path.join(' ').toLowerCase();
  return paths(taxonomy)
    .map((known) => ({ known, away: distance(wanted, known.join(' ').toLowerCase()) }))
    .sort((a, b) => a.away - b.away)
    .slice(0, count)
    .map(({ known }) => known);
}

const paths = (causes: readonly Cause[], above: readonly string[] = []): readonly (readonly string[])[] =>
  causes.flatMap(({ code, children }) => [[...above, code], ...paths(children ?? [], [...above, code])]);

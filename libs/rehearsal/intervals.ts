/** Milliseconds since 1970-01-01 UTC. Lists of intervals are sorted and don't overlap. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** The parts of `ones` that none of `others` covers. */
export function without(ones: readonly Interval[], others: readonly Interval[]): readonly Interval[] {
  const left: Interval[] = [];
  let at = 0;
  for (const { from, to } of ones) {
    let since = from;
    while ((others[at]?.to ?? Infinity) <= since) at++;
    for (let next = at; since < to; next++) {
      const other = others[next];
      if (!other || other.from >= to) {
        left.push({ from: since, to });
        break;
      }
      if (other.from > since) left.push({ from: since, to: other.from });
      since = Math.max(since, other.to);
    }
  }
  return left;
}

/** How long a follower gathers events before it folds on. */
export interface Rest {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** Of its time a busy follower works this part at most, until its rests are as long as they may be. */
const WORKS = 1 / 5;

/** The more a batch took, the more events the next one gathers: most of what a flush costs it costs once for a page. */
export const restAfter = (tookMs: number, { leastMs, mostMs }: Rest): number =>
  Math.min(mostMs, Math.max(leastMs, tookMs / WORKS - tookMs));

import type { Patience } from './destination.js';

/** However long a receiver asks us to wait. */
const LONGEST_ASKED_MS = 60 * 60 * 1_000;

/**
 * How long to wait after a failed try: twice as long after each, by chance up to half less, so that what failed together
 * doesn't come back together.
 * @param tries made so far, at least 1. @param chance from 0 to below 1
 */
export function waitAfter(
  tries: number,
  { firstWaitMs, longestWaitMs }: Patience,
  chance: number,
  askedMs = 0,
): number {
  const full = Math.min(longestWaitMs, firstWaitMs * 2 ** (tries - 1));
  return Math.max(Math.round(full * (1 - chance / 2)), Math.min(askedMs, LONGEST_ASKED_MS));
}

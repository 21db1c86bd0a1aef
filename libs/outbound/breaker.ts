/** Keeps messages from a destination that fails: after failures in a row it opens for a time, then lets one through. */
export interface Breaker {
  readonly failures: number;
  /** UTC, ISO 8601. Until then nothing is sent; from then on one message at a time, until one arrives. */
  readonly openUntil?: string;
}

export const CLOSED: Breaker = { failures: 0 };

const OPENS_AT = 5;
const FIRST_MS = 5_000;
const LONGEST_MS = 5 * 60 * 1_000;

/** @param now UTC, ISO 8601 with milliseconds */
export function afterFailure({ failures }: Breaker, now: string): Breaker {
  const many = failures + 1;
  if (many < OPENS_AT) return { failures: many };
  const openMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** (many - OPENS_AT));
  return { failures: many, openUntil: new Date(Date.parse(now) + openMs).toISOString() };
}

/** How many of the free places may be used now. */
export function allowed({ openUntil }: Breaker, now: string, inFlight: number, free: number): number {
  if (openUntil === undefined) return free;
  return now < openUntil || inFlight > 0 ? 0 : Math.min(1, free);
}

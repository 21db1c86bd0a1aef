import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';

/** Yields to the event loop, so that a stop is heard, and rests so that requests are served. */
export async function giveWay(restMs: number): Promise<void> {
  // A timer takes a millisecond at least, for each of 256 shards.
  if (restMs > 0) await pause(restMs);
  else await nextTurn();
}

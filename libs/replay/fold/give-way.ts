import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';

/** Lets others have their turn, such as whoever asks for long work to be stopped; and a rest, where somebody is served. */
export async function giveWay(restMs: number): Promise<void> {
  // The shortest pause takes a millisecond, and there are 256 shards.
  if (restMs > 0) await pause(restMs);
  else await nextTurn();
}

import { Temporal } from 'temporal-polyfill';

const MAX_OFFSET_MS = 16 * 3_600_000;

/** What a zone's clocks show: wall time as milliseconds, as if it were UTC. */
export interface ZoneOffsets {
  /** The first instant at which the clocks of that zone show `wall` or later: the earlier one where it comes twice. */
  opening(wall: number): number;
  /** The first instant from which on they never show less than `wall`: the later one where it comes twice. */
  closing(wall: number): number;
}

/**
 * The offsets of a zone between two instants. Times that are skipped in spring open and close at the instant of the
 * change. Library calls are made once for each change of the clocks, so that a wall time costs an addition only.
 * @throws RangeError for an unknown zone.
 */
export function zoneOffsets(zone: string, from: number, to: number): ZoneOffsets {
  // The first share reaches back for ever and the last one on for ever: callers ask within [from, to].
  const until: number[] = [];
  const offsets: number[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(from - MAX_OFFSET_MS).toZonedDateTimeISO(zone);
  for (;;) {
    offsets.push(at.offsetNanoseconds / 1_000_000);
    const next = at.getTimeZoneTransition('next');
    if (!next || next.epochMilliseconds > to + MAX_OFFSET_MS) break;
    until.push(next.epochMilliseconds);
    at = next;
  }
  until.push(Infinity);

  const since = (share: number) => until[share - 1] ?? -Infinity;
  let near = 0; // days are asked for one after the other, so the search goes on where it last was
  const locate = (wall: number) => {
    while (near > 0 && wall - MAX_OFFSET_MS < since(near)) near--;
    while (wall - MAX_OFFSET_MS >= (until[near] ?? Infinity)) near++;
    return near;
  };

  return {
    opening(wall) {
      for (let share = locate(wall); ; share++) {
        const instant = Math.max(since(share), wall - (offsets[share] ?? 0));
        if (instant < (until[share] ?? Infinity)) return instant;
      }
    },
    closing(wall) {
      let found = -Infinity;
      for (let share = locate(wall); since(share) <= wall + MAX_OFFSET_MS && share < offsets.length; share++) {
        const instant = Math.min(until[share] ?? Infinity, wall - (offsets[share] ?? 0));
        if (instant > since(share)) found = instant;
      }
      return found;
    },
  };
}

import { Temporal } from 'temporal-polyfill';

const MAX_OFFSET_MS = 16 * 3_600_000;

/** Converts wall times of a zone, as milliseconds as if they were UTC, to instants. */
export interface ZoneOffsets {
  /** The first instant at which the zone's clocks show `wall` or later: of two, the earlier one. */
  opening(wall: number): number;
  /** The first instant after which they never show less than `wall`: of two, the later one. */
  closing(wall: number): number;
}

/**
 * Finds the offsets of a zone between two instants. A wall time that the clocks skip maps to the instant of the change.
 * It calls the library once for each change of the clocks, so that converting a wall time is one addition.
 * @throws RangeError for an unknown zone.
 */
export function zoneOffsets(zone: string, from: number, to: number): ZoneOffsets {
  // The first offset has no beginning and the last one no end: callers stay within [from, to].
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
  let near = 0; // callers ask for days in order, so the search resumes at its last place
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

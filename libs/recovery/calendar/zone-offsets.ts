import { Temporal } from 'temporal-polyfill';

const MAX_OFFSET_MS = 16 * 3_600_000;

/** Converts wall times of a zone, as milliseconds as if they were UTC, to instants. */
export interface ZoneOffsets {
  /** What the clocks show at an instant. */
  wall(instant: number): number;
  /** When the zone's clocks show `from` or later, and less than `to`: twice for what comes twice, never for what they skip. */
  shown(from: number, to: number): readonly Span[];
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Finds the offsets of a zone between two instants.
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
    wall(instant) {
      while (near > 0 && instant < since(near)) near--;
      while (instant >= (until[near] ?? Infinity)) near++;
      return instant + (offsets[near] ?? 0);
    },
    shown(from, to) {
      const spans: Span[] = [];
      for (let share = locate(from); share < offsets.length && since(share) < to + MAX_OFFSET_MS; share++) {
        const offset = offsets[share] ?? 0;
        const span = {
          from: Math.max(since(share), from - offset),
          to: Math.min(until[share] ?? Infinity, to - offset),
        };
        if (span.from < span.to) spans.push(span);
      }
      return spans;
    },
  };
}

import { Temporal } from 'temporal-polyfill';
import { DAY_MS } from '../../rules/duration.js';
import type { CalendarRule } from '../../rules/rule-set.js';
import { dayOf, parseOpenHours, WEEKDAYS } from '../weekly-hours.js';

const MINUTE = 60_000;

// In the zones of the test clocks change on a quarter of an hour.
const QUARTER = 15 * MINUTE;
const offsets = new Map<string, number>();
function offsetAt(zone: string, quarter: number): number {
  const key = `${zone} ${quarter}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const offset = Temporal.Instant.fromEpochMilliseconds(quarter).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;
  offsets.set(key, offset);
  return offset;
}

/** Minute by minute on the zone's own clocks: a minute works if what they show then is within the hours. */
export function plainWorkingMinutes(
  { zone, hours, holidays = [], workdays = [] }: CalendarRule,
  from: number,
  to: number,
): number {
  const begin = from - 3 * DAY_MS;
  const walls: number[] = [];
  for (let at = begin; at < to + 3 * DAY_MS; at += MINUTE) {
    walls.push(at + offsetAt(zone, Math.floor(at / QUARTER) * QUARTER));
  }
  const works = new Uint8Array(walls.length);
  for (let day = Math.floor(begin / DAY_MS) + 1; day <= (to + 2 * DAY_MS) / DAY_MS; day++) {
    if (hours === 'always') continue;
    const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
    const exception = [...holidays, ...workdays].find((entry) => dayOf(entry) === date);
    const ofDay =
      exception === undefined
        ? hours[WEEKDAYS[(day + 4) % 7] ?? 'sun']
        : typeof exception === 'string'
          ? []
          : exception.hours;
    for (const { open, close } of (ofDay ?? []).map(parseOpenHours)) {
      walls.forEach((wall, i) => {
        if (wall >= day * DAY_MS + open && wall < day * DAY_MS + close) works[i] = 1;
      });
    }
  }
  let sum = 0;
  for (let at = from; at < to; at += MINUTE) sum += works[(at - begin) / MINUTE] ?? 0;
  return sum;
}

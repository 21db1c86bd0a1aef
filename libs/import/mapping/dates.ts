import { Temporal } from 'temporal-polyfill';
import { ZONE_REMEDY, zoneProblem } from '../../recovery/calendar/zone.js';
import { RowRejected, type RepeatedHour } from './mapping.js';

/** A source's text to an instant: UTC, ISO 8601 with milliseconds. @throws RowRejected */
export type ReadInstant = (text: string) => string;

/** A mistake in a mapping's pattern or zone. */
export class PatternRefused extends Error {}

const TOKENS: Readonly<Record<string, { readonly part: Part; readonly digits: string }>> = {
  yyyy: { part: 'year', digits: '\\d{4}' },
  MM: { part: 'month', digits: '\\d{2}' },
  M: { part: 'month', digits: '\\d{1,2}' },
  dd: { part: 'day', digits: '\\d{2}' },
  d: { part: 'day', digits: '\\d{1,2}' },
  HH: { part: 'hour', digits: '\\d{2}' },
  H: { part: 'hour', digits: '\\d{1,2}' },
  mm: { part: 'minute', digits: '\\d{2}' },
  m: { part: 'minute', digits: '\\d{1,2}' },
  ss: { part: 'second', digits: '\\d{2}' },
  s: { part: 'second', digits: '\\d{1,2}' },
  SSS: { part: 'millisecond', digits: '\\d{3}' },
};

type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond';
type Parts = Record<Part, number>;

const MIDNIGHT = { hour: 0, minute: 0, second: 0, millisecond: 0 };
/** Dates repeat from row to row: the cache holds so many. */
const CACHED = 50_000;

/** @throws PatternRefused */
export function compileDates(pattern: string, zone: string, repeatedHour: RepeatedHour = 'earlier'): ReadInstant {
  const toInstant = wallClock(zone, repeatedHour);
  const read = pattern === 'iso' ? readIso : readPattern(pattern, toInstant);
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const instant = read(text);
    // In UTC, because only years of four digits compare as texts, and calendars have no year 0.
    if (!/^\d{4}-/.test(instant) || instant.startsWith('0000'))
      throw new RowRejected(`"${text}" is not in the years 1 to 9999, in UTC`);
    if (known.size >= CACHED) known.clear();
    known.set(text, instant);
    return instant;
  };
}

/** Whether a text that can be read names an hour that comes twice, when the clocks go back. @throws PatternRefused */
export function compileRepeats(pattern: string, zone: string): (text: string) => boolean {
  if (pattern === 'iso' || isUtc(zone)) return () => false;
  const first = compileDates(pattern, zone, 'earlier');
  const second = compileDates(pattern, zone, 'later');
  return (text) => first(text) !== second(text);
}

function readPattern(pattern: string, toInstant: ReadParts): ReadInstant {
  const parts: Part[] = [];
  const source = pattern.replace(/yyyy|MM?|dd?|HH?|mm?|ss?|SSS|[TZ]|[A-Za-z]+|[^A-Za-z]/g, (token) => {
    const known = TOKENS[token];
    if (known) {
      if (parts.includes(known.part))
        throw new PatternRefused(`"${pattern}" names the ${known.part} twice. Name it once.`);
      parts.push(known.part);
      return `(${known.digits})`;
    }
    if (/[A-Za-z]/.test(token) && token !== 'T' && token !== 'Z') {
      throw new PatternRefused(
        `"${token}" in "${pattern}" is not part of a date. Use ${Object.keys(TOKENS).join(', ')}.`,
      );
    }
    return token.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  });
  for (const part of ['year', 'month', 'day'] as const) {
    if (!parts.includes(part)) throw new PatternRefused(`"${pattern}" names no ${part}. Add it.`);
  }
  const expression = new RegExp(`^${source}$`);
  return (text) => {
    const match = expression.exec(text);
    if (!match) throw new RowRejected(`"${text}" is not a date written as ${pattern}`);
    const found = { ...MIDNIGHT } as Parts;
    parts.forEach((part, i) => (found[part] = Number(match[i + 1])));
    refuseImpossible(found, text);
    return toInstant(found, text, !parts.includes('hour'));
  };
}

function refuseImpossible({ year, month, day, hour, minute, second }: Parts, text: string): void {
  if (month < 1 || month > 12) throw new RowRejected(`"${text}" is not a date: there is no month ${month}`);
  const days = utcDay(year, month, 0).getUTCDate();
  if (day < 1 || day > days) throw new RowRejected(`"${text}" is not a date: that month has ${days} days`);
  if (hour > 23 || minute > 59 || second > 59)
    throw new RowRejected(`"${text}" is not a date: there is no such time of day`);
}

/** A day's midnight. Date.UTC treats the years 0 to 99 as 1900 to 1999. @param monthIndex from 0 */
const utcDay = (year: number, monthIndex: number, day: number): Date =>
  new Date(new Date(0).setUTCFullYear(year, monthIndex, day));

/** @param isDay the text has no hour: it means the day's beginning, whatever the clocks do then */
type ReadParts = (parts: Parts, text: string, isDay: boolean) => string;

const isUtc = (zone: string): boolean => zone === 'UTC' || zone === 'Etc/UTC';

/** Local time to instant. It rejects a skipped hour. */
function wallClock(zone: string, repeatedHour: RepeatedHour): ReadParts {
  if (isUtc(zone)) {
    return ({ year, month, day, hour, minute, second, millisecond }) =>
      new Date(utcDay(year, month - 1, day).setUTCHours(hour, minute, second, millisecond)).toISOString();
  }
  const unknown = zoneProblem(zone);
  if (unknown) throw new PatternRefused(`${unknown} ${ZONE_REMEDY}`);
  const skipped = (text: string) =>
    new RowRejected(`"${text}" does not exist in ${zone}: the clocks went forward over it`);
  const iso = ({ epochMilliseconds }: Temporal.ZonedDateTime) => new Date(epochMilliseconds).toISOString();
  return (parts, text, isDay) => {
    const wall = Temporal.PlainDateTime.from(parts);
    const first = wall.toZonedDateTime(zone, { disambiguation: isDay ? 'compatible' : 'earlier' });
    if (isDay) {
      if (!first.toPlainDate().equals(wall.toPlainDate())) throw skipped(text);
      return iso(first);
    }
    if (!first.toPlainDateTime().equals(wall)) throw skipped(text);
    if (repeatedHour === 'earlier') return iso(first);
    const second = wall.toZonedDateTime(zone, { disambiguation: 'later' });
    if (repeatedHour === 'reject' && !second.equals(first)) {
      throw new RowRejected(
        `"${text}" comes twice in ${zone}, as the clocks went back over it: set repeatedHour in the mapping to earlier or later, or take dates with an offset (iso)`,
      );
    }
    return iso(second);
  };
}

const readIso: ReadInstant = (text) => {
  try {
    return new Date(Temporal.Instant.from(text).epochMilliseconds).toISOString();
  } catch {
    throw new RowRejected(`"${text}" is not an instant such as 2031-05-05T09:00:00Z or 2031-05-05T09:00:00+02:00`);
  }
};

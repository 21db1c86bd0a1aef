import { DAY_MS } from '../../rules/duration.js';
import type { CalendarRule } from '../../rules/rule-set.js';
import { exceptionalHours, weeklyHours, type OpenHours } from '../weekly-hours.js';
import { zoneOffsets, type ZoneOffsets } from '../zone-offsets.js';

/** Of the instants that can be asked for; the table reaches a year further on either side. */
const FIRST_YEAR = 1;
const LAST_YEAR = 9_999;

/**
 * The working intervals of a calendar with the time worked before each, for whole years, made when first asked for.
 * Every question is a binary search or two, however long the time between.
 */
export class WorkingTable {
  readonly #week: readonly (readonly OpenHours[])[];
  readonly #exceptions: ReadonlyMap<number, readonly OpenHours[]>;
  readonly #zone: string;
  #opens = new Float64Array(0);
  #closes = new Float64Array(0);
  /** Time worked before each interval, counted from the table's beginning. */
  #worked = new Float64Array(0);
  #total = 0;
  /** The days with hours, by number, and when the last of these end. */
  #days = new Float64Array(0);
  #dayEnds = new Float64Array(0);
  #offsets: ZoneOffsets;
  /** The table answers for instants in [from, to). */
  #from = 0;
  #to = 0;
  #firstYear = 0;
  #lastYear = 0;

  constructor(rule: CalendarRule) {
    const { zone, hours } = rule;
    this.#offsets = zoneOffsets(zone, 0, 0); // an unknown zone is refused now, not at the first question
    this.#zone = zone;
    this.#exceptions = exceptionalHours(rule);
    this.#week = weeklyHours(hours);
    if (this.#week.every((day) => day.length === 0)) {
      throw new RangeError('The calendar has no hours at all: nothing would ever be due.');
    }
  }

  workedBetween(from: number, to: number): number {
    if (to <= from) return 0;
    this.#cover(from);
    this.#cover(to);
    return this.#workedAt(to) - this.#workedAt(from);
  }

  /** The first instant by which `ms` (more than 0) have been worked since `from`. */
  whenWorked(from: number, ms: number): number {
    this.#cover(from);
    while (this.#workedAt(from) + ms > this.#total) this.#growForwards();
    const target = this.#workedAt(from) + ms;
    // The last interval before which less than the target was worked: it is the one that reaches it.
    const reached = lastBelow(this.#worked, target);
    return (this.#opens[reached] ?? 0) + target - (this.#worked[reached] ?? 0);
  }

  nextWorking(from: number): number {
    this.#cover(from);
    for (;;) {
      const interval = lastBelow(this.#opens, from + 1);
      if (interval >= 0 && from < (this.#closes[interval] ?? 0)) return from;
      const next = this.#opens[interval + 1];
      if (next !== undefined) return next;
      this.#growForwards();
    }
  }

  /** See Calendar.addDays. */
  addDays(from: number, days: number): number {
    this.#cover(from);
    const { day, time } = this.#dayOf(from);
    const place = () => lastBelow(this.#days, day + 1) + days;
    while (place() >= this.#days.length) this.#growForwards();
    while (place() < 0) this.#growBackwards();
    const found = this.#days[place()] ?? 0;
    const end = this.#dayEnds[place()] ?? 0;
    if (this.#days[place() - days] !== day) return end;
    const midnight = found * DAY_MS;
    const closes = Math.max(...this.#hoursOf(found).map(({ close }) => close));
    return this.#offsets.shown(midnight + time, midnight + closes)[0]?.from ?? end;
  }

  /** The local day and the time since its midnight. After midnight a shift still belongs to the day before. */
  #dayOf(instant: number): { readonly day: number; readonly time: number } {
    const wall = this.#offsets.wall(instant);
    const day = Math.floor(wall / DAY_MS);
    const isIn = (opened: number) =>
      this.#hoursOf(opened).some(({ open, close }) => wall >= opened * DAY_MS + open && wall < opened * DAY_MS + close);
    const shift = !isIn(day) && isIn(day - 1) ? day - 1 : day;
    return { day: shift, time: wall - shift * DAY_MS };
  }

  #hoursOf(day: number): readonly OpenHours[] {
    return this.#exceptions.get(day) ?? this.#week[weekdayOf(day)] ?? [];
  }

  intervals(from: number, to: number): readonly { readonly from: number; readonly to: number }[] {
    if (to <= from) return [];
    this.#cover(from);
    this.#cover(to);
    const found: { from: number; to: number }[] = [];
    for (let i = Math.max(0, lastBelow(this.#opens, from + 1)); ; i++) {
      const open = this.#opens[i];
      const close = this.#closes[i];
      if (open === undefined || close === undefined || open >= to) return found;
      if (close > from) found.push({ from: Math.max(open, from), to: Math.min(close, to) });
    }
  }

  /** Working time from the table's beginning: comparable until the table next grows. */
  #workedAt(instant: number): number {
    const interval = lastBelow(this.#opens, instant);
    if (interval < 0) return 0;
    const open = this.#opens[interval] ?? 0;
    return (this.#worked[interval] ?? 0) + Math.min(instant, this.#closes[interval] ?? 0) - open;
  }

  #cover(instant: number): void {
    if (instant >= this.#from && instant < this.#to) return;
    // A year more on either side: local days begin and end in other UTC years, and a goal often ends in the next.
    const year = new Date(instant).getUTCFullYear();
    if (this.#from === this.#to) this.#grow(year - 1, year + 1);
    else this.#grow(Math.min(this.#firstYear, year - 1), Math.max(this.#lastYear, year + 1));
  }

  /** Twice as long, so that however far a goal lies, it is reached in few steps. */
  #growForwards(): void {
    const doubled = 2 * this.#lastYear - this.#firstYear + 1;
    this.#grow(this.#firstYear, this.#lastYear < LAST_YEAR ? Math.min(doubled, LAST_YEAR) : doubled);
  }

  /** As far back as the table can go; then whoever asks for more is told. */
  #growBackwards(): void {
    const doubled = 2 * this.#firstYear - this.#lastYear - 1;
    this.#grow(this.#firstYear > FIRST_YEAR ? Math.max(doubled, FIRST_YEAR) : doubled, this.#lastYear);
  }

  #grow(firstYear: number, lastYear: number): void {
    // Not NaN either, which is what an unreadable time becomes.
    if (!(firstYear >= FIRST_YEAR - 1 && lastYear <= LAST_YEAR + 1)) {
      throw new RangeError(
        `Working time is counted from the year ${FIRST_YEAR} to ${LAST_YEAR}, not in ${firstYear} to ${lastYear}.`,
      );
    }
    const firstDay = utcDay(firstYear);
    const endDay = utcDay(lastYear + 1);
    const offsets = zoneOffsets(this.#zone, firstDay * DAY_MS, endDay * DAY_MS);
    const opens: number[] = [];
    const closes: number[] = [];
    const days: number[] = [];
    const dayEnds: number[] = [];
    for (let day = firstDay; day < endDay; day++) {
      let end = -Infinity;
      for (const { open, close } of this.#hoursOf(day)) {
        for (const { from, to } of offsets.shown(day * DAY_MS + open, day * DAY_MS + close)) {
          include(opens, closes, from, to);
          end = Math.max(end, to);
        }
      }
      // Hours that the clocks skip whole make no working day.
      if (end === -Infinity) continue;
      days.push(day);
      dayEnds.push(end);
    }
    this.#offsets = offsets;
    this.#days = Float64Array.from(days);
    this.#dayEnds = Float64Array.from(dayEnds);
    this.#opens = Float64Array.from(opens);
    this.#closes = Float64Array.from(closes);
    this.#worked = new Float64Array(opens.length);
    this.#total = 0;
    for (let i = 0; i < opens.length; i++) {
      this.#worked[i] = this.#total;
      this.#total += (closes[i] ?? 0) - (opens[i] ?? 0);
    }
    this.#firstYear = firstYear;
    this.#lastYear = lastYear;
    // Two days in from the edges, where the local days that reach in from outside are not in the table.
    this.#from = (firstDay + 2) * DAY_MS;
    this.#to = (endDay - 2) * DAY_MS;
  }
}

/** Intervals come nearly in order: one written out of order, or that reaches into the next, is put in its place. */
function include(opens: number[], closes: number[], open: number, close: number): void {
  let at = opens.length;
  while (at > 0 && (opens[at - 1] ?? 0) > open) at--;
  opens.splice(at, 0, open);
  closes.splice(at, 0, close);
  // What overlaps or touches is one interval: no time counts twice.
  at = Math.max(1, at);
  while (at < opens.length) {
    if ((opens[at] ?? 0) > (closes[at - 1] ?? 0)) {
      if ((opens[at] ?? 0) > close) return;
      at++;
      continue;
    }
    closes[at - 1] = Math.max(closes[at - 1] ?? 0, closes[at] ?? 0);
    opens.splice(at, 1);
    closes.splice(at, 1);
  }
}

const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;

const utcDay = (year: number): number => new Date(0).setUTCFullYear(year, 0, 1) / DAY_MS;

/** The place of the last value below `limit` in ascending values; -1 where there is none. */
function lastBelow(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

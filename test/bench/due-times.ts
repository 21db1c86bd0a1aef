import { compileCalendar } from '../../libs/recovery/calendar/compile-calendar.js';
import { inTurn, syncRate, type Figure, type Size } from './measure.js';

const HOUR = 3_600_000;
const START = Date.parse('2031-01-06T08:00:00.000Z');

const calendar = compileCalendar({
  zone: 'Europe/Amsterdam',
  hours: {
    mon: ['09:00-12:30', '13:00-17:30'],
    tue: ['09:00-12:30', '13:00-17:30'],
    wed: ['09:00-12:30', '13:00-17:30'],
    thu: ['09:00-12:30', '13:00-17:30'],
    fri: ['09:00-12:30', '13:00-16:00'],
  },
  holidays: ['2031-01-01', '2031-04-14', '2031-04-26', '2031-05-22', '2031-06-02', '2031-12-25', '2031-12-26'],
});

/** The usual alternative: stepping minute by minute. */
function byMinutes(from: number, ms: number): number {
  let left = ms / 60_000;
  let at = from;
  while (left > 0) {
    if (calendar.nextWorking(at) === at) left--;
    at += 60_000;
  }
  return at;
}

/** Due times of clocks over a calendar with holidays, in a zone with daylight saving. */
export async function dueTimes(size: Size): Promise<Figure[]> {
  const ms = size.quick ? 150 : 1_500;
  // Starts are spread over a year, with both changes of the clocks and all holidays.
  const start = (n: number): number => START + ((n * 7_919) % (365 * 24)) * HOUR + (n % 3_600) * 1_000;
  const figures: Figure[] = [];
  for (const { goal, what, atLeast } of [
    { goal: 16 * HOUR, what: 'due time, goal of days', atLeast: 500_000 },
    { goal: 500 * HOUR, what: 'due time, goal of months', atLeast: 100_000 },
  ]) {
    const { ours, against } = await inTurn(
      size.runs,
      () => syncRate(ms, (n) => calendar.add(start(n), goal)),
      () => syncRate(ms / 2, (n) => byMinutes(start(n), goal)),
    );
    figures.push({
      what,
      unit: 'clocks/s',
      ours,
      against: { name: 'minute by minute', values: against },
      reach: { atLeast },
    });
  }
  return figures;
}

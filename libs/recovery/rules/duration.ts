export const DAY_MS = 86_400_000;
const MS = { d: DAY_MS, h: 3_600_000, m: 60_000, s: 1_000 } as const;

const DURATION = /^(?:\d+(?:\.\d+)?[dhms])+$/;
const PART = /(\d+(?:\.\d+)?)([dhms])/g;

/**
 * Whole milliseconds of a duration such as 15m, 1h, 132.47h, 1h30m or 2d (a day is 24 hours, in a calendar 24 working
 * hours); units from the greatest
 * to the least, each once. @throws RangeError on anything else.
 */
export function parseDuration(text: string): number {
  const wrong = (why: string) =>
    new RangeError(`"${text}" is no duration: ${why}. Write it as 15m, 1h30m, 132.47h or 2d.`);
  if (!DURATION.test(text)) throw wrong('it is not numbers with units');
  const units = Object.keys(MS);
  let sum = 0;
  let before = -1;
  for (const [, amount = '', unit = ''] of text.matchAll(PART)) {
    const place = units.indexOf(unit);
    if (place <= before) throw wrong('its units are not in order from days to seconds');
    before = place;
    sum += Number(amount) * MS[unit as keyof typeof MS];
  }
  const ms = Math.round(sum);
  if (!Number.isSafeInteger(ms)) throw wrong('it is too long');
  return ms;
}

/** How long a promise lasts: working time, or until the same local time so many working days on (Calendar.addDays). */
export type Length = { readonly ms: number } | { readonly workingDays: number };

/** Whether a length is written in working days: its working time differs from start to start. */
export const isInWorkingDays = (text: string): boolean => WORKING_DAYS.test(text);

const WORKING_DAYS = /^(\d{1,9})wd$/;

/** Of a duration, or of whole working days such as 2wd. @throws RangeError on anything else. */
export function parseLength(text: string): Length {
  const days = WORKING_DAYS.exec(text)?.[1];
  return days === undefined ? { ms: parseDuration(text) } : { workingDays: Number(days) };
}

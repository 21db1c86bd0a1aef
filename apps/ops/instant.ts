import { Failure } from './failure.js';

const WITH_ZONE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

/** UTC, ISO 8601 with milliseconds. A day means its start in UTC. @throws Failure naming the option */
export function instant(text: string, option: string): string {
  const time = new Date(text);
  if (!WITH_ZONE.test(text) || Number.isNaN(time.getTime()) || !isDay(text.slice(0, 10))) {
    throw new Failure(
      `${option} takes an instant such as 2031-05-05T09:00:00Z or a day such as 2031-05-05, not "${text}".`,
    );
  }
  return time.toISOString();
}

/** Date turns the 30th of February into the 1st of March. */
const isDay = (day: string): boolean => new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);

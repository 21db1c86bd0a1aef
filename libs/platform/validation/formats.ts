/*
 * What the formats of fields mean (libs/recovery/vocabulary/fields.ts), for the schema's validator and for whoever reads
 * a field outside of a message.
 */

export const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;
export const isEmail = (value: string): boolean => EMAIL.test(value);

export const isId = (value: string): boolean => ID.test(value);

export const isDay = (value: string): boolean => {
  if (!DAY.test(value)) return false;
  const at = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value);
};

export const isInstant = (value: string): boolean => {
  const day = INSTANT.exec(value)?.[1];
  if (day === undefined || !isDay(day)) return false;
  // History holds it in UTC: there, only years of four digits compare as texts, and calendars know no year 0.
  const year = new Date(value).getUTCFullYear();
  return year >= 1 && year <= 9_999;
};

/** As history holds instants: UTC with milliseconds. */
export const instantOf = (value: string): string => new Date(value).toISOString();

/** Tab and line ends apart, the control characters of ASCII. */
export const hasControlCharacter = (value: string): boolean => {
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if ((code < 32 && code !== 9 && code !== 10 && code !== 13) || code === 127) return true;
  }
  return false;
};

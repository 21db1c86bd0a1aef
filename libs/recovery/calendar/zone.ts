import { Temporal } from 'temporal-polyfill';

/** How every name of a zone is written. An offset such as +05:30, which the library takes too, has no change of clocks. */
const NAME = /^[A-Za-z][\w+/-]*$/;

/** Why a text is no IANA time zone; undefined if it is one. */
export function zoneProblem(zone: string): string | undefined {
  try {
    if (NAME.test(zone)) {
      Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
      return undefined;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return `"${zone}" is not an IANA time zone.`;
}

export const ZONE_REMEDY = 'Write an IANA zone such as Asia/Kolkata, Europe/Berlin or Etc/UTC.';

const STORED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** History holds instants in one form, UTC with milliseconds, so that they sort as text; and the day must exist. */
export const isStoredInstant = (value: unknown): boolean =>
  typeof value === 'string' && STORED.test(value) && new Date(value).toJSON() === value;

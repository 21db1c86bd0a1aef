/** Working time. Instants are milliseconds since 1970-01-01 UTC; durations are integer milliseconds. */
export interface Calendar {
  readonly zone: string;
  /** Working time between two instants; 0 if `to` is not after `from`. */
  workingMs(from: number, to: number): number;
  /** The first instant by which `ms` of working time have passed since `from`. */
  add(from: number, ms: number): number;
  /**
   * The same local time so many working days on, or that day's end where it is shorter; back if `days` is negative. On a
   * day off the end of the last working day counts.
   */
  addDays(from: number, days: number): number;
  /** The first working instant at `from` or later. */
  nextWorking(from: number): number;
  /** The working intervals between two instants, clipped: a verdict cites them. */
  intervals(from: number, to: number): readonly { readonly from: number; readonly to: number }[];
}

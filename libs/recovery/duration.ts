const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * A duration as rules write it (15m, 1h, 132.47h, 1h30m, 2d; a day is 24 hours) in whole milliseconds.
 * @throws Error on anything else: rule sets are checked when they are drafted.
 */
export function millisecondsOf(duration: string): number {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(duration))
    throw new Error(`A duration is numbers with units, such as 15m or 1h30m, not "${duration}".`);
  let ms = 0;
  for (const [, amount, unit] of duration.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g))
    ms += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  return Math.round(ms);
}

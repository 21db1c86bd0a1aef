/** A map: on an object, a priority named `constructor` would find what every object has. */
const RANKS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    critical: 1,
    urgent: 1,
    highest: 1,
    high: 2,
    medium: 3,
    moderate: 3,
    normal: 3,
    low: 4,
    lowest: 5,
    planning: 5,
  }),
);

const UNKNOWN = 9;

/** Where a priority stands in a queue, 1 first: by its leading digit ("3 - Moderate", "P2"), else by its name. */
export const rankOf = (priority: string): number => {
  const digit = /^p?([1-9])\b/i.exec(priority)?.[1];
  return digit ? Number(digit) : (RANKS.get(priority.toLowerCase()) ?? UNKNOWN);
};

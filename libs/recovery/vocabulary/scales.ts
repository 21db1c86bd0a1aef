/** The scales as the field uses them: each goes from one whole number to another, and is usually called low up to a third. */
export const SCALES = {
  nps: { from: 0, to: 10, low: 6 },
  csat: { from: 1, to: 5, low: 2 },
  ces: { from: 1, to: 7, low: 3 },
  stars: { from: 1, to: 5, low: 2 },
} as const;

export type Metric = keyof typeof SCALES;

export const METRICS = Object.keys(SCALES) as readonly Metric[];

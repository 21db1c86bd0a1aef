/** The scales as the field uses them: each goes from one whole number to another. */
export const SCALES = {
  nps: { from: 0, to: 10 },
  csat: { from: 1, to: 5 },
  ces: { from: 1, to: 7 },
  stars: { from: 1, to: 5 },
} as const;

export type Metric = keyof typeof SCALES;

export const METRICS = Object.keys(SCALES) as readonly Metric[];

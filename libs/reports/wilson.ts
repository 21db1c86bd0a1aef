/** The 0.975 quantile of the normal distribution. */
const Z = 1.959963984540054;

/** The 95 % Wilson interval of a share: [low, high], or undefined if `of` is 0. */
export function wilson(count: number, of: number): readonly [number, number] | undefined {
  if (of === 0) return undefined;
  const share = count / of;
  const spread = (Z / (1 + (Z * Z) / of)) * Math.sqrt((share * (1 - share)) / of + (Z * Z) / (4 * of * of));
  const centre = (share + (Z * Z) / (2 * of)) / (1 + (Z * Z) / of);
  // Rounding must not leave the share outside: of all the upper bound is 1, of none the lower one 0.
  return [Math.max(0, Math.min(share, centre - spread)), Math.min(1, Math.max(share, centre + spread))];
}

/** The 0.975 quantile of the normal distribution: 95 % on two sides. */
const Z = 1.959963984540054;

/** Wilson's 95 % interval of a share: [low, high], or undefined where nothing was counted. */
export function wilson(count: number, of: number): readonly [number, number] | undefined {
  if (of === 0) return undefined;
  const share = count / of;
  const spread = (Z / (1 + (Z * Z) / of)) * Math.sqrt((share * (1 - share)) / of + (Z * Z) / (4 * of * of));
  const centre = (share + (Z * Z) / (2 * of)) / (1 + (Z * Z) / of);
  return [Math.max(0, centre - spread), Math.min(1, centre + spread)];
}

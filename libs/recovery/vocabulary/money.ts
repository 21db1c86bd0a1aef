/** An amount in minor units (cents) of one currency (ISO 4217). Sums never mix currencies. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

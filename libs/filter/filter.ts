/**
 * Conditions in MongoDB's filter syntax, limited to what every store answers alike:
 * $eq $ne $gt $gte $lt $lte $in $nin $exists on a field, $and $or $nor over filters, and a bare value for $eq.
 * Only $in and $nin search arrays.
 */
export type Scalar = string | number | boolean | null;

export interface FieldCondition {
  readonly $eq?: Scalar;
  readonly $ne?: Scalar;
  readonly $gt?: string | number;
  readonly $gte?: string | number;
  readonly $lt?: string | number;
  readonly $lte?: string | number;
  readonly $in?: readonly Scalar[];
  readonly $nin?: readonly Scalar[];
  readonly $exists?: boolean;
}

export interface Filter {
  readonly $and?: readonly Filter[];
  readonly $or?: readonly Filter[];
  readonly $nor?: readonly Filter[];
  readonly [field: string]: Scalar | FieldCondition | readonly Filter[] | undefined;
}

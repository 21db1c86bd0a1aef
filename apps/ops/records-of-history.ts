/** Records of the ledger whose value is a position in history: positions are each history's own. */
export const POSITIONS = ['reaction-checkpoint/', 'subscriber/'] as const;
/** Of builds of read models, which are made again. */
export const OF_BUILDS = ['parked/', 'skipped/'] as const;
/** Records that are about one event, and nothing without it. */
export const OF_EVENTS = ['dead-letter/'] as const;
export interface OfEvent {
  readonly event: { readonly id: string; readonly stream: string; readonly revision: number };
}

export const isOf = (kinds: readonly string[], key: string): boolean => kinds.some((kind) => key.startsWith(kind));

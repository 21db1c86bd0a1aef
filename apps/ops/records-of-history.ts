/** Records of the ledger whose value is a position, which only one history can interpret. */
export const POSITION_RECORDS = ['reaction-checkpoint/', 'subscriber/'] as const;
/** Records of builds of read models. */
export const BUILD_RECORDS = ['parked/', 'skipped/'] as const;
/** Records about one event. */
export const EVENT_RECORDS = ['dead-letter/'] as const;
export interface EventRecord {
  readonly event: { readonly id: string; readonly stream: string; readonly revision: number };
}

export const hasPrefix = (kinds: readonly string[], key: string): boolean => kinds.some((kind) => key.startsWith(kind));

// Each word is stored in rows of the outbox, and named in settings and rules: none is renamed.

/** To those who work here. Nobody is left untold: without a destination they are kept as what would be told. */
export const STAFF_MESSAGES = [
  'owner-alert',
  'target-warned',
  'target-breached',
  'escalation',
  'retry-due',
  'progress-due',
] as const;
/** To the customer, where the rules have words for it. */
export const CUSTOMER_MESSAGES = ['acknowledgement', 'progress', 'closing'] as const;

/** To the destinations that say that they take it, and no other. */
export const SYSTEM_MESSAGES = ['ticket'] as const;

/** What Amends tells people and systems, and about what. */
export const MESSAGES = [...STAFF_MESSAGES, ...CUSTOMER_MESSAGES, ...SYSTEM_MESSAGES] as const;
export type MessageName = (typeof MESSAGES)[number];

const named = (names: readonly string[], message: string): boolean => names.includes(message);
export const isForStaff = (message: MessageName): boolean => named(STAFF_MESSAGES, message);
export const isForCustomer = (message: MessageName): boolean => named(CUSTOMER_MESSAGES, message);

/** `held`: would be told, but by no destination. `refused`: must not be told, or not after a restore. */
export const ROW_STATES = ['waiting', 'sent', 'dead', 'held', 'refused'] as const;
export type RowState = (typeof ROW_STATES)[number];
/** In these states a row stays until somebody looks at it. */
export const KEPT_STATES = ['dead', 'held', 'refused'] as const satisfies readonly RowState[];
export type KeptState = (typeof KEPT_STATES)[number];

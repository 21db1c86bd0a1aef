import { CUSTOMER_MESSAGES, STAFF_MESSAGES, SYSTEM_MESSAGES } from '../recovery/vocabulary/messages.js';

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

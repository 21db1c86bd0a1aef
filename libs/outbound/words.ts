// Each word is stored in rows of the outbox, and named in settings and rules: none is renamed.

/** What Amends tells people and systems, and about what. */
export const MESSAGES = ['owner-alert'] as const;
export type MessageName = (typeof MESSAGES)[number];

/** `held`: would be told, but by no destination, or not after a restore. `refused`: must not be told. */
export const ROW_STATES = ['waiting', 'sent', 'dead', 'held', 'refused'] as const;
export type RowState = (typeof ROW_STATES)[number];
/** In these states a row stays until somebody looks at it. */
export const KEPT_STATES = ['dead', 'held', 'refused'] as const satisfies readonly RowState[];
export type KeptState = (typeof KEPT_STATES)[number];

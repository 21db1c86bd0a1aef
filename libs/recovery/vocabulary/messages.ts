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

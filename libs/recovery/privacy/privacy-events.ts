// Stored for good: a new meaning is a new event, a new shape is an upcast.

/** On `customer-{id}`: that there is contact data (in the vault), and that the customer was forgotten. */
export type CustomerEvent =
  | { type: 'CustomerContactRecorded'; data: { customer: string; entry: string } }
  | { type: 'CustomerForgotten'; data: { customer: string; reason: string } };

/** On `access-{day}`: who read whose personal data. */
export type AccessEvent = {
  type: 'AccessRecorded';
  data: { customer?: string; case?: string; route: string; fields: readonly string[] };
};

/** On `store`: the history was put back from a back-up. */
export type StoreEvent = {
  type: 'HistoryRestored';
  data: { backupMadeAt: string; lastPosition: string; headBefore?: string };
};

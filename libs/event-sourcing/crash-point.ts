/** The steps between two writes at which a process may die. Tests of faults kill the process at each of them. */
export const CRASH_POINTS = [
  'history: before insert',
  'history: after insert, before commit',
  'history: after commit, before head',
  'history: after head, before answer',
  'ledger: before commit',
  'ledger: after commit, before answer',
  'vault: before commit',
  'vault: after commit, before answer',
  'read-store: build made, before it is registered',
  'read-store: documents written',
  'read-store: checkpoints written',
  'read-store: flushed',
  'read-store: index made',
  'read-store: old generation retired',
  'read-store: new generation live',
  'read-store: switched, before the link',
  'read-store: half released',
  'import: after customers, before append',
  'import: after history, before read models',
  'import: after read models, before seals',
  'replay: after activation, before switch',
  'outbox: rows made, before checkpoint',
  'outbox: claimed, before sending',
  'outbox: delivered, before the fact',
  'outbox: fact recorded, before the row',
] as const;

export type CrashPointName = (typeof CRASH_POINTS)[number];

export type CrashPoint = (name: CrashPointName) => void;

/** For production. */
export const noCrash: CrashPoint = () => undefined;

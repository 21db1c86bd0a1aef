import type { CrashPointName } from '../../libs/event-sourcing/crash-point.js';

/** The crash points of each kind of work; each test of faults walks its own list. */
const HISTORY = [
  'history: before insert',
  'history: after insert, before commit',
  'history: after commit, before head',
  'history: after head, before answer',
] as const satisfies readonly CrashPointName[];

const SEALS = ['ledger: before commit', 'ledger: after commit, before answer'] as const satisfies CrashPointName[];

const CUSTOMERS = ['vault: before commit', 'vault: after commit, before answer'] as const satisfies CrashPointName[];

const FOLDING = [
  'read-store: documents written',
  'read-store: checkpoints written',
  'read-store: flushed',
] as const satisfies readonly CrashPointName[];

const BUILDING = [
  'read-store: build made, before it is registered',
  ...FOLDING,
  'read-store: index made',
  'read-store: old generation retired',
  'read-store: new generation live',
  'read-store: switched, before the link',
] as const satisfies readonly CrashPointName[];

export const WHILE_STARTING: readonly CrashPointName[] = [...SEALS, ...HISTORY, ...BUILDING];

export const WHILE_SERVING: readonly CrashPointName[] = [...HISTORY, ...SEALS, ...CUSTOMERS, ...FOLDING];

export const WHILE_IMPORTING: readonly CrashPointName[] = [
  ...HISTORY,
  ...SEALS,
  ...CUSTOMERS,
  ...BUILDING,
  'import: after customers, before append',
  'import: after history, before read models',
  'import: after read models, before seals',
];

export const WHILE_REPLAYING: readonly CrashPointName[] = [
  ...HISTORY,
  ...SEALS,
  ...BUILDING,
  'read-store: half released',
  'replay: after activation, before switch',
];

export const WHILE_SENDING: readonly CrashPointName[] = [
  'outbox: rows made, before checkpoint',
  'outbox: claimed, before sending',
  'outbox: delivered, before the fact',
  'outbox: fact recorded, before the row',
];

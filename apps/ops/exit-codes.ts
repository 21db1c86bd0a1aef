/** Documented in docs/operators/command-line.md; scripts rely on them. */
export const EXIT = {
  ok: 0,
  /** The command worked, and found something wrong: verify, doctor, rules check, rejected rows. */
  wrong: 1,
  /** The command or its input is invalid. */
  usage: 2,
  /** The store is unavailable: another process writes it, the disk is full, the app does not answer. */
  unavailable: 3,
  /** A refusal: the rules of the domain don't allow it. */
  refused: 4,
  /** A fault of Amends itself. */
  fault: 70,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

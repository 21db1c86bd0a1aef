/** Documented in docs/operators/command-line.md; scripts rely on them. */
export const EXIT = {
  ok: 0,
  /** What was asked for was done, and something was found wrong: verify, doctor, rules check, rejected rows. */
  wrong: 1,
  /** The command or its input can't be used as it is. */
  usage: 2,
  /** The store can't be worked on now: another process writes it, the disk is full, the app does not answer. */
  unavailable: 3,
  /** A refusal: the rules of the domain don't allow it. */
  refused: 4,
  /** A fault of Amends itself. */
  fault: 70,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

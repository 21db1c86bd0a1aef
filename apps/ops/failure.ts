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

type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a message: what is wrong, and how to fix it. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly exitCode: ExitCode = EXIT.usage,
  ) {
    super(message);
    this.name = 'Failure';
  }
}

/** Errors whose message says what to do. By name, because importing the classes would load every store for `--help`. */
const EXIT_BY_NAME: Readonly<Record<string, ExitCode>> = {
  MappingRefused: EXIT.usage,
  FileRefused: EXIT.usage,
  RejectsRefused: EXIT.usage,
  ConfigurationMistaken: EXIT.usage,
  QueryRefused: EXIT.usage,
  FilterRefused: EXIT.usage,
  HistoriesDiffer: EXIT.usage,
  LedgersDiffer: EXIT.usage,
  HistoryUnavailable: EXIT.unavailable,
  ReadStoreUnavailable: EXIT.unavailable,
  ReadStoreBusy: EXIT.unavailable,
  ReadStoreFormatRefused: EXIT.unavailable,
  LedgerUnavailable: EXIT.unavailable,
  LedgerFormatRefused: EXIT.unavailable,
  GenerationConflict: EXIT.unavailable,
  VersionConflict: EXIT.unavailable,
  RevisionConflict: EXIT.unavailable,
  HistoryDamaged: EXIT.wrong,
  LedgerDamaged: EXIT.wrong,
  LockDamaged: EXIT.wrong,
  ReadStoreDamaged: EXIT.wrong,
  VaultKeyRefused: EXIT.wrong,
  SealedValueBroken: EXIT.wrong,
  RunningAppUnknown: EXIT.wrong,
  SealsDisagree: EXIT.wrong,
  SigningKeyRefused: EXIT.wrong,
};

/** The message and the exit code for any error. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (!(error instanceof Error)) return new Failure(String(error), EXIT.fault);
  const known = EXIT_BY_NAME[error.name];
  if (known !== undefined) return new Failure(error.message, known);
  if ('code' in error && typeof error.code === 'string') {
    const system = SYSTEM[error.code];
    if (system !== undefined) return new Failure(`${error.message}. ${system}`, EXIT.unavailable);
  }
  return new Failure(
    `${error.message}\nThis may be a fault of Amends. Set AMENDS_DEBUG=1 and run it again to see where it came from.`,
    EXIT.fault,
  );
}

const SYSTEM: Readonly<Record<string, string>> = {
  ENOENT: 'Check the path.',
  EACCES: 'Check the permissions.',
  EISDIR: 'A folder is where a file should be: move it away.',
  ENOSPC: 'The disk is full: make room, then run it again.',
  EROFS: 'The disk is read-only.',
  ERR_UNKNOWN_BUILTIN_MODULE: 'This Node.js is too old: install 22.16 or later, best 24.',
  EMFILE: 'Too many files are open: raise the limit (ulimit -n).',
};

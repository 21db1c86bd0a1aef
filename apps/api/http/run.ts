import { LedgerFormatRefused } from '../../../libs/ledger/ledger.js';
import { ConfigurationMistaken, readConfig, type Config } from '../../../libs/platform/config/config.js';
import { isStoreDamaged } from '../../../libs/platform/stores/store-damaged.js';
import { isStoreDown } from '../../../libs/platform/stores/store-down.js';
import { ReadStoreBusy, ReadStoreFormatRefused } from '../../../libs/read-store/read-store.js';
import { RunningAppUnknown } from '../../../libs/platform/stores/running-app.js';

const STOP_WITHIN_MS = 10_000;
const IN_WORDS = [ConfigurationMistaken, LedgerFormatRefused, ReadStoreBusy, ReadStoreFormatRefused, RunningAppUnknown];

interface Started {
  readonly said: readonly string[];
  /** Runs once that is said. */
  meanwhile?(): Promise<void>;
  stop(): Promise<void>;
}

/** Runs an app as a process. It reports on standard output and ends gracefully on SIGINT or SIGTERM. */
export async function run(start: (config: Config) => Promise<Started>): Promise<void> {
  try {
    const { said, meanwhile, stop } = await start(readConfig(process.env));
    process.stdout.write(`${said.join('\n')}\n`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        // If something hangs, a forced end loses nothing, because every answered write is on the disk.
        setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
        stop().then(
          () => process.exit(0),
          (error: unknown) => fail(error),
        );
      });
    await meanwhile?.();
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): void {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exit(1);
}

/** Prints only the message of an error that says what to do, and the trace of any other. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inWords: boolean =
    IN_WORDS.some((kind) => error instanceof kind) || isStoreDown(error) || isStoreDamaged(error);
  if (inWords) return error.message;
  if ('code' in error && error.code === 'EADDRINUSE')
    return `${error.message}: another process listens there. Stop it, or choose another AMENDS_PORT.`;
  return error.stack ?? error.message;
}

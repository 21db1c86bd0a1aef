import { ConfigurationMistaken, readConfig, type Config } from '../../../libs/platform/config/config.js';

const STOP_WITHIN_MS = 10_000;

/** A process around an app: told of by lines on standard output, ended gracefully by SIGINT or SIGTERM. */
export async function run(
  start: (config: Config) => Promise<{ readonly said: readonly string[]; stop(): Promise<void> }>,
): Promise<void> {
  try {
    const { said, stop } = await start(readConfig(process.env));
    process.stdout.write(`${said.join('\n')}\n`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        // Should something hang: what was answered is on the disk, so an end by force loses nothing.
        setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
        stop().then(
          () => process.exit(0),
          (error: unknown) => fail(error),
        );
      });
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): void {
  const words =
    error instanceof ConfigurationMistaken
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`${words}\n`);
  process.exit(1);
}

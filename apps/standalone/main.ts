import { ConfigurationMistaken, readConfig } from '../../libs/platform/config/config.js';
import { startStandalone } from './standalone.js';

const STOP_WITHIN_MS = 10_000;

try {
  const running = await startStandalone(readConfig(process.env));
  const lines = [`Amends answers at ${running.url} (documentation: ${running.url}/docs)`, `Data: ${running.folder}`];
  if (running.operatorKey !== undefined) lines.push(`Operator's API key, shown this once: ${running.operatorKey}`);
  process.stdout.write(`${lines.join('\n')}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      // Should something hang: what was answered is on the disk, so an end by force loses nothing.
      setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
      running.stop().then(
        () => process.exit(0),
        (error: unknown) => fail(error),
      );
    });
} catch (error) {
  fail(error);
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

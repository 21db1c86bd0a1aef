import type { startStandalone } from '../../apps/standalone/standalone.js';
import type { readConfig } from '../../libs/platform/config/config.js';

/**
 * Runs the built app in its own process with a clock that the parent sets. Node runs this source directly. It reports
 * its address once it answers, and each time that it has set.
 */
const built = (path: string): URL => new URL(`../../dist/${path}`, import.meta.url);
const app = (await import(built('apps/standalone/standalone.js').href)) as { startStandalone: typeof startStandalone };
const config = (await import(built('libs/platform/config/config.js').href)) as { readConfig: typeof readConfig };

let now = process.argv[2] ?? '';
const running = await app.startStandalone(config.readConfig(process.env), () => now);
process.on('message', (time: string) => {
  now = time;
  process.send?.(time);
});
process.once('SIGTERM', () => void running.stop().then(() => process.exit(0)));
process.send?.(running.url);

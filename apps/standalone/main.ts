import { run } from '../api/http/run.js';
import { startStandalone } from './standalone.js';

await run(async (config) => {
  const { url, folder, operatorKey, stop } = await startStandalone(config);
  const lines = [`Amends answers at ${url} (documentation: ${url}/docs)`, `Data: ${folder}`];
  if (operatorKey !== undefined) lines.push(`Operator's API key, shown this once: ${operatorKey}`);
  return { said: lines, stop };
});

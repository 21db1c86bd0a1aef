import { run } from '../api/http/run.js';
import { startStandalone } from './standalone.js';

await run(async (config) => {
  const { url, folder, operatorKey, stop } = await startStandalone(config);
  const said = [`Amends answers at ${url} (documentation: ${url}/docs)`, `Data: ${folder}`];
  if (operatorKey !== undefined) said.push(`Operator's API key, shown this once: ${operatorKey}`);
  return { said, stop };
});

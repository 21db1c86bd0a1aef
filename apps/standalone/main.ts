import { run } from '../api/http/run.js';
import { showing } from '../ops/progress.js';
import { startStandalone } from './standalone.js';

await run(async (config) => {
  const { url, folder, operatorKey, firstBuild, stop } = await startStandalone(config);
  const lines = [`Amends answers at ${url} (documentation: ${url}/docs)`, `Data: ${folder}`];
  if (operatorKey !== undefined) lines.push(`Operator's API key, shown this once: ${operatorKey}`);
  const showBuild = async (): Promise<void> => {
    if (firstBuild.progress !== undefined)
      await showing('Building read models', (onProgress) => firstBuild.watch(onProgress));
  };
  return { said: lines, meanwhile: showBuild, stop };
});

import { createInterface } from 'node:readline';
import { startStandalone, type Running } from '../../apps/standalone/standalone.js';
import { readConfig } from '../../libs/platform/config/config.js';
import type { Answered, AppSaid } from './in-process.testing.js';

/**
 * A program for tests: for each line on standard input it starts the app on a folder, asks it, stops it, and writes a line
 * with what it said. A process for each would take longer. Jest can't load Nest itself.
 */
const KEY = 'operator-key-of-the-tests';
const SETTINGS = { AMENDS_PORT: '0', AMENDS_DEMO: 'off', AMENDS_LOG_LEVEL: 'silent', AMENDS_OPERATOR_KEY: KEY };

async function said({ folder, paths }: { folder: string; paths: readonly string[] }): Promise<AppSaid> {
  let app: Running;
  try {
    app = await startStandalone(readConfig({ ...SETTINGS, AMENDS_DATA: folder }));
  } catch (error) {
    return { refused: String(error) };
  }
  const answers: Answered[] = [];
  for (const path of paths) {
    const response = await fetch(new URL(path, app.url), { headers: { authorization: `Bearer ${KEY}` } });
    answers.push({ status: response.status, text: await response.text() });
  }
  await app.stop();
  return { answers };
}

for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(
    `${JSON.stringify(await said(JSON.parse(line) as { folder: string; paths: readonly string[] }))}\n`,
  );

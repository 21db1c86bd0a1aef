import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunningApp } from './running-app.testing.js';

let app: RunningApp;
let other: string;
beforeAll(async () => {
  app = await RunningApp.start();
  other = mkdtempSync(join(tmpdir(), 'amends-e2e-'));
});
afterAll(async () => {
  await app.stop('SIGKILL');
  for (const folder of [app.folder, other]) rmSync(folder, { recursive: true, force: true });
});

/** The output of a start that fails, which must consist of sentences. */
const refused = async (folder: string, env: Record<string, string> = {}): Promise<string> => {
  const { code, said } = await RunningApp.ending(folder, { ...env, AMENDS_LOG_LEVEL: 'silent' });
  expect(code).toBe(1);
  expect(said).not.toMatch(/^\s+at /m);
  return said;
};

test('a folder that another app writes is refused with its name and process', async () => {
  expect(await refused(app.folder)).toMatch(/is being written by another process \(pid \d+\)\. Stop it, or send/);
});

test('a port in use is reported', async () => {
  const { port } = new URL(app.url);
  expect(await refused(other, { AMENDS_PORT: port })).toContain('another process listens there');
});

test('missing keys are asked for', async () => {
  rmSync(join(other, 'vault.key'));
  expect(await refused(other)).toMatch(/vault\.key is missing.*Put it back from your back-up/);
});

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ROOT_FOLDER } from './amends.testing.js';
import { OPERATOR_KEY, RunningApp } from './running-app.testing.js';

let app: RunningApp;
beforeAll(async () => (app = await RunningApp.start(undefined, { AMENDS_DEMO: 'off' })));
afterAll(() => app.stop());

const READS_THE_CASE = 'curl -s $api/v1/cases/$id -H "$ana"\n';

/** The main job's blocks of shell as they are, but for the app, which runs already, and for a reader's slowness. */
function scriptOf(mainJob: string): string {
  const blocks = [...mainJob.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
  return blocks
    .join('')
    .replace(/^export AMENDS_OPERATOR_KEY=.*$/m, `AMENDS_OPERATOR_KEY=${OPERATOR_KEY}`)
    .replace(/^AMENDS_DEMO=off .*npm start &$/m, '')
    .replace(/^api=.*$/m, `api=${app.url}`)
    .replace(READS_THE_CASE, `until curl -sf $api/v1/cases/$id -H "$ana"; do sleep 0.1; done\n`);
}

test('the walk-through does what it says, and is refused where it says so', async () => {
  const [mainJob = ''] = readFileSync(join(ROOT_FOLDER, 'docs/api/walk-through.md'), 'utf8').split('\n# ');
  expect(mainJob).toContain(READS_THE_CASE);
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', scriptOf(mainJob)]);
  const refusals = [...stdout.matchAll(/"status":4\d\d,"code":"([^"]+)"/g)].map(([, code]) => code);
  const told = ['root-cause-missing', 'four-eyes'];
  expect(mainJob.match(/# 409: /g)).toHaveLength(told.length);
  // The customer is asked again two days after the approval: today it is too early, and there is nothing to answer.
  expect(refusals).toEqual([...told, 're-survey-too-early', 're-survey-not-found']);
  expect(stdout).toMatch(/\{"equal":true,"digest":"[0-9a-f]+","seals":"intact","anchor":"[^"]+"\}$/);
});

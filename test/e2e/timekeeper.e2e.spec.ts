import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AppWithClock } from './app-with-clock.testing.js';
import { eventually, type Caller } from './running-app.testing.js';
import { patternOf, transcriptOf } from './transcript.testing.js';

const ROOT = resolve(import.meta.dirname, '../..');
const PACK = readFileSync(resolve(ROOT, 'packs/service-recovery.yaml'), 'utf8').replace(
  /reviewBy: .*/,
  "reviewBy: '2032-06-30'",
);
const PAGE = resolve(ROOT, 'docs/operators/timekeeper.md');

let app: AppWithClock;
let operator: Caller;
beforeAll(async () => {
  app = await AppWithClock.start('2031-05-05T08:00:00.000Z');
  ({ operator } = app);
  const { body } = await operator.post('/v1/rules/drafts', { text: PACK });
  const rules = `/v1/rules/service-recovery/${String(body['ruleSet'])}`;
  expect((await operator.post(`${rules}/approve`, { reason: 'We begin' })).status).toBe(200);
  expect((await operator.post(`${rules}/activate`, {})).status).toBe(200);
});
afterAll(() => app.end());

type Entry = { readonly type: string; readonly by: string; readonly said: Readonly<Record<string, unknown>> };
const entriesOf = async (id: string): Promise<readonly Entry[]> =>
  ((await operator.get(`/v1/cases/${id}/timeline`)).body['entries'] ?? []) as readonly Entry[];
const noticeOf = (id: string, type: string) =>
  eventually(async () => (await entriesOf(id)).find((entry) => entry.type === type), `${type} of ${id}`);

const checkedUpTo = (time: string) =>
  eventually(
    async () =>
      JSON.stringify((await operator.get('/health/ready')).body).includes(`"checkedUpTo":"${time}`) || undefined,
    `all looked through up to ${time}`,
  );

test('a running app notices by itself what falls due, and says how late it is', async () => {
  const response = { source: 'survey', externalId: 'r1', customer: 'eva', metric: 'nps', score: 1, contactMe: 'yes' };
  const { body } = await operator.post('/v1/responses', response);
  const id = String(body['id']);
  await eventually(async () => ((await entriesOf(id)).length > 0 ? true : undefined), 'the case');
  // The owner is to be told within 15 minutes, and the warning comes 5 minutes before.
  await app.itIs('2031-05-05T08:11:00.000Z');
  expect(await noticeOf(id, 'TargetWarned')).toMatchObject({
    by: 'timekeeper',
    said: {
      ...{ case: id, target: 'alert', cycle: 1, dueAt: '2031-05-05T08:15:00.000Z', remainingMs: 240_000 },
      ...{ warnAt: '2031-05-05T08:10:00.000Z', noticedAt: '2031-05-05T08:11:00.000Z' },
    },
  });
  await app.itIs('2031-05-05T08:16:00.000Z');
  expect(await noticeOf(id, 'TargetBreached')).toMatchObject({
    said: { target: 'alert', breachedFrom: '2031-05-05T08:15:00.000Z', noticedAt: '2031-05-05T08:16:00.000Z' },
  });
});

test('the commands of the page show it', async () => {
  await eventually(
    async () =>
      JSON.stringify((await operator.get('/health/ready')).body).includes('"checkedUpTo":"2031-05-05T08:16') ||
      undefined,
    'the end of the look',
  );
  const shown = transcriptOf(readFileSync(PAGE, 'utf8'));
  expect(shown.length).toBeGreaterThan(1);
  for (const { command, lines } of shown) {
    const printed = execFileSync('bash', ['-c', command], { encoding: 'utf8', env: { ...process.env, api: app.url } });
    expect(printed).toMatch(patternOf(lines));
  }
});

test('when the day of a review is over, history says so once', async () => {
  const overdue = async (): Promise<string | undefined> =>
    /notices_total\{kind="review"\} (\d+)/.exec(await (await fetch(`${app.url}/metrics`)).text())?.[1];
  await app.itIs('2032-06-30T23:59:00.000Z');
  await checkedUpTo('2032-06-30T23:59');
  // Of the rules that the app began with.
  expect(await overdue()).toBe('1');
  await app.itIs('2032-07-01T00:00:00.000Z');
  await eventually(async () => ((await overdue()) === '2' ? true : undefined), 'the review');
  await app.itIs('2032-07-01T00:01:00.000Z');
  await checkedUpTo('2032-07-01T00:01');
  expect(await overdue()).toBe('2');
});

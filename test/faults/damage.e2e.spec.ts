import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { announce } from '../../libs/platform/stores/running-app.js';
import { amends, type Ended } from '../e2e/amends.testing.js';
import { eventually, OPERATOR_KEY, RunningApp } from '../e2e/running-app.testing.js';
import { copyOf, type Damage, DAMAGES, spoil } from './damage.testing.js';
import { amendsHere, StartedApps } from './in-process.testing.js';
import { incidentLog } from './incident-log.testing.js';

const FILES = [
  'history.db',
  'history.head',
  'history.lock',
  'ledger.db',
  'vault.db',
  'vault.key',
  'seal.key',
  'read.db',
  'read-1.db',
  'read-live.db',
  'read.db.lock',
  'app.json',
] as const;

/** The link to the live build has no content of its own. */
const LINK = ['missing', 'unreadable', 'foreign'];
const PAGE = join(import.meta.dirname, '../../docs/operators/damage.md');

interface Row {
  readonly file: string;
  readonly damage: Damage;
  readonly verify: string;
  readonly doctor: string;
  readonly report: string;
  readonly audit: string;
  readonly app: string;
  readonly says: string;
}

/** The rows of the page's table. */
const ROWS: readonly Row[] = readFileSync(PAGE, 'utf8')
  .split('\n')
  .filter((line) => /^\| `[\w.-]+`\s*\| (truncated|flipped|missing|unreadable|foreign)/.test(line))
  .map((line) => {
    const cells = line.split('|').map((cell) => cell.trim().replaceAll('`', ''));
    const [, file = '', damage, verify = '', doctor = '', report = '', audit = '', app = '', says = ''] = cells;
    return { file, damage: damage as Damage, verify, doctor, report, audit, app, says };
  });

const root = mkdtempSync(join(tmpdir(), 'amends-damages-'));
const [store, other, folder] = ['store', 'other', 'damaged'].map((name) => join(root, name)) as [
  string,
  string,
  string,
];
const apps = new StartedApps();
let cases: readonly string[];

/** With the note of an app: of one that died without a word, or of one that runs. */
async function imported(into: string, incidents: number, pid: number): Promise<void> {
  const file = `${into}.csv`;
  writeFileSync(file, incidentLog(incidents));
  const { code, err } = await amendsHere('import', '--mapping', 'mappings/incidents.yaml', '--data', into, file);
  if (code !== 0) throw new Error(err);
  announce(into, { pid, url: 'http://127.0.0.1:1' });
}

beforeAll(async () => {
  await imported(store, 2, 2 ** 30);
  await imported(other, 3, process.pid);
  const reads = new DatabaseSync(join(store, 'read-1.db'), { readOnly: true });
  cases = reads
    .prepare('SELECT id FROM amends_of_cases ORDER BY id')
    .all()
    .map(({ id }) => String(id));
  reads.close();
});
afterAll(() => {
  apps.end();
  rmSync(root, { recursive: true, force: true });
});

/** What a command says, without the places of this test. */
const inPlace = (text: string): string => text.replaceAll(`${folder}/`, '').replace(/\s+/g, ' ');

/** How an app behaves on the folder, and what it says where something is wrong. */
async function appOn(): Promise<{ is: string; said: string }> {
  const said = await apps.ask(folder, [`/v1/cases/${cases[0]}`, `/v1/cases/${cases[1]}`, '/health/ready']);
  if ('refused' in said) return { is: 'refuses', said: said.refused };
  const [asked, other, ready] = said.answers;
  if (asked?.status !== 200)
    return { is: `serves, ${asked?.status} for it, ${other?.status} for another`, said: asked?.text ?? '' };
  return ready?.status === 200 ? { is: 'serves', said: '' } : { is: 'serves, not ready', said: ready?.text ?? '' };
}

test('the table has every file with every damage', () => {
  const wanted = FILES.flatMap((file) =>
    DAMAGES.filter((damage) => file !== 'read-live.db' || LINK.includes(damage)).map((damage) => `${file} ${damage}`),
  );
  expect(ROWS.map(({ file, damage }) => `${file} ${damage}`)).toEqual(wanted);
});

describe('as the table says', () => {
  test.each(ROWS)('$file, $damage', async ({ file, damage, says, ...expected }) => {
    copyOf(store, folder);
    spoil(file, damage, { folder, other });
    const [verify, doctor, report, audit] = [
      await amendsHere('verify', '--data', folder),
      await amendsHere('doctor', '--data', folder),
      await amendsHere('report', 'clocks', '--data', folder),
      await amendsHere('audit', String(cases[0]), '--data', folder),
    ];
    const app = await appOn();
    const codes = [verify, doctor, report, audit].map(({ code }) => String(code));
    const [ofVerify, ofDoctor, ofReport, ofAudit] = codes;
    expect({ verify: ofVerify, doctor: ofDoctor, report: ofReport, audit: ofAudit, app: app.is }).toEqual(expected);
    const texts = [verify, doctor, report, audit].filter(({ code }) => code !== 0).map(({ out, err }) => out + err);
    // A store that can't be opened is named in the log: an answer names no file to strangers.
    const answered = app.said.includes('"code":"unavailable"') ? '' : app.said;
    for (const text of [...texts, answered].filter((said) => said !== '').map(inPlace)) expect(text).toContain(says);
  });
});

describe('what is damaged is mended', () => {
  const done = async (...args: readonly string[]): Promise<string> => {
    const { code, out, err } = await amendsHere(...args);
    if (code !== 0) throw new Error(`amends ${args.join(' ')} ended with ${code}: ${out}${err}`);
    return out;
  };
  const inFolder = (...args: readonly string[]): Promise<string> => done(...args, '--data', folder);
  const backUp = (name: string, ...more: readonly string[]): Promise<string> =>
    done('backup', join(root, name), ...more, '--data', store);
  const moveAway = (...names: readonly string[]): void => names.forEach((name) => rmSync(join(folder, name)));

  beforeAll(async () => {
    await backUp('back-up');
    await backUp('back-up-of-vault', '--vault');
  });
  beforeEach(() => copyOf(store, folder));
  afterEach(async () => expect((await amendsHere('verify', '--data', folder)).code).toBe(0));

  test('a document, by a build beside the one that is served', async () => {
    spoil('read-1.db', 'flipped', { folder, other });
    expect(await inFolder('rebuild')).toContain('generation 2 is live.\n  Dropped: generation 1.');
  });

  test.each([
    ['read-1.db', 'generation 2 is live.\n  Dropped: generation 1.'],
    ['read.db', 'Their files could not be read, and were removed first.'],
  ])('%s that is cut short, by a rebuild', async (file, words) => {
    spoil(file, 'truncated', { folder, other });
    expect(await inFolder('rebuild')).toContain(words);
  });

  test('history, by a restore', async () => {
    spoil('history.db', 'flipped', { folder, other });
    await inFolder('restore', join(root, 'back-up'));
  });

  test('the ledger, from its back-up, and history stays', async () => {
    moveAway('ledger.db');
    const now = join(root, 'now');
    await inFolder('backup', now);
    copyFileSync(join(root, 'back-up', 'ledger.db'), join(now, 'ledger.db'));
    await inFolder('restore', now);
  });

  test('the ledger without a back-up, by sealing anew', async () => {
    spoil('ledger.db', 'truncated', { folder, other });
    moveAway('ledger.db');
    await inFolder('backup', join(root, 'as-it-is'));
    await inFolder('restore', join(root, 'as-it-is'));
  });

  test('the vault, from its back-up', async () => {
    spoil('vault.db', 'flipped', { folder, other });
    moveAway('vault.db', 'vault.key');
    await inFolder('restore', join(root, 'back-up-of-vault'));
  });
});

test.each<[string, readonly string[]]>([
  ['ledger.db', []],
  ['vault.db', ['--vault']],
])('a back-up of %s that is damaged is refused, and leaves nothing', async (file, more) => {
  for (const damage of ['flipped', 'truncated'] as const) {
    copyOf(store, folder);
    spoil(file, damage, { folder, other });
    const { code, err } = await amendsHere('backup', join(root, 'none'), ...more, '--data', folder);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(`${file} is damaged`) });
    expect(readdirSync(join(root, 'none'))).toEqual([]);
  }
});

test('a back-up with a damaged ledger changes nothing when it is restored', async () => {
  copyOf(store, folder);
  const damagedBackUp = join(root, 'damaged-back-up');
  await amendsHere('backup', damagedBackUp, '--data', folder);
  writeFileSync(join(damagedBackUp, 'ledger.db'), 'hello '.repeat(5_000));
  const { code, err } = await amendsHere('restore', damagedBackUp, '--data', folder);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('is damaged: SQLite says') });
  expect((await amendsHere('verify', '--data', folder)).code).toBe(0);
});

test('an app takes responses while the build that it serves is damaged, and a rebuild mends it', async () => {
  copyOf(store, folder);
  spoil('read-1.db', 'truncated', { folder, other });
  const app = await RunningApp.start(folder);
  process.env['AMENDS_KEY'] = OPERATOR_KEY;
  try {
    const sent = { source: 'survey', externalId: 'r-1', customer: 'c-1', metric: 'nps', score: 2 };
    expect(await app.operator.send('POST', '/v1/responses', JSON.stringify(sent))).toMatchObject({ status: 202 });
    const ready = await app.operator.get('/health/ready');
    expect(ready.status).toBe(503);
    expect(JSON.stringify(ready.body)).toContain('Build 1 of the read models is damaged');
    expect(await amends('rebuild', '--data', folder)).toMatchObject({
      code: 0,
      out: expect.stringContaining('generation 2 is live'),
    });
    expect((await app.operator.get(`/v1/cases/${cases[0]}`)).status).toBe(200);
    const isUp = async (path: string) => ((await app.operator.get(path)).status === 200 ? true : undefined);
    await eventually(() => isUp('/health/ready'), 'ready after the rebuild');
    expect((await app.operator.get('/v1/dead-letters')).body).toMatchObject({ deadLetters: [] });
    expect((await amends('verify', '--data', folder)).code).toBe(0);
  } finally {
    delete process.env['AMENDS_KEY'];
    await app.stop();
  }
});

test('an app serves what is whole, names what is not, and mends it while it runs', async () => {
  copyOf(store, folder);
  spoil('read-1.db', 'flipped', { folder, other });
  const app = await RunningApp.start(folder);
  const through = (command: string): Promise<Ended> => amends(command, '--data', folder);
  process.env['AMENDS_KEY'] = OPERATOR_KEY;
  try {
    const { status, headers, body } = await app.operator.get(`/v1/cases/${cases[0]}`);
    expect(status).toBe(503);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body).toMatchObject({
      code: 'damaged',
      detail:
        `Document ${cases[0]} of read model cases is damaged: it is no longer JSON. ` +
        'Other documents are served. A rebuild mends it: amends rebuild.',
    });
    expect(body['detail']).not.toContain(folder);
    expect((await app.operator.get('/v1/cases')).status).toBe(503);
    expect((await app.operator.get(`/v1/cases/${cases[1]}`)).status).toBe(200);
    const verified = await through('verify');
    expect(verified).toMatchObject({
      code: 1,
      out: expect.stringContaining(`Document ${cases[0]} of read model cases is damaged`),
    });
    expect(await through('rebuild')).toMatchObject({ code: 0, out: expect.stringContaining('generation 2 is live') });
    expect((await app.operator.get(`/v1/cases/${cases[0]}`)).status).toBe(200);
    expect((await through('verify')).code).toBe(0);
  } finally {
    delete process.env['AMENDS_KEY'];
    await app.stop();
  }
});

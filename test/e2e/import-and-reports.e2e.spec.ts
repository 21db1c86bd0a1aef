import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { amends, amendsJson, ROOT_FOLDER, sample, startAmends } from './amends.testing.js';

const LONG = 300_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'amends-e2e-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Imported {
  readonly rows: number;
  readonly cases: number;
  readonly added: number;
  readonly alreadyThere: number;
  readonly rejected: number;
  readonly digest: string;
}
interface ClockRow {
  readonly target: string;
  readonly priority: string;
  readonly met: number | null;
  readonly missed: number | null;
  readonly running: number | null;
  readonly overdue: number | null;
  readonly reportedMet: number;
  readonly reportedMissed: number;
  readonly disagreements: number | null;
}
interface Verified {
  readonly equal: boolean;
  readonly digest: string;
  readonly seals: string;
}

const importInto = (data: string, mapping: string, file: string) =>
  amendsJson<Imported>('import', '--mapping', join('mappings', mapping), '--data', data, sample(file));
const clocksOf = async (data: string, ...more: string[]) =>
  (await amendsJson<{ rows: ClockRow[] }>('report', 'clocks', '--by', 'priority', '--data', data, ...more)).rows;
const verify = (data: string) => amendsJson<Verified>('verify', '--data', data);

describe('the incident log', () => {
  const FILE = 'incident-events-to-2016-04-14.csv.gz';
  const bring = (data: string) => importInto(data, 'incidents.yaml', FILE);
  let data: string;
  let first: Imported;

  beforeAll(async () => {
    data = join(folder, 'incidents');
    first = await bring(data);
  }, LONG);

  test('is imported completely', () => {
    expect(first).toMatchObject({ rows: 81_519, cases: 13_302, alreadyThere: 0, rejected: 0 });
  });

  test(
    "gives the company's verdicts but for four of them",
    async () => {
      const rows = await clocksOf(data);
      expect(rows.find(({ priority }) => priority === '3 - Moderate')).toEqual({
        target: 'resolve',
        priority: '3 - Moderate',
        met: 6_526,
        missed: 6_007,
        running: 0,
        overdue: 0,
        reportedMet: 6_530,
        reportedMissed: 6_003,
        disagreements: 4,
      });
      expect(rows.find(({ priority }) => priority === '4 - Low')).toMatchObject({
        met: 353,
        missed: 116,
        reportedMet: 353,
        reportedMissed: 116,
        disagreements: 0,
      });
      const { rows: listed } = await amendsJson<{ rows: object[] }>('report', 'disagreements', '--data', data);
      expect(listed).toHaveLength(4);
    },
    LONG,
  );

  test(
    'shows what was known at a time, equal to a plain loop over the file',
    async () => {
      const at = '2016-03-15T00:00:00Z';
      const shown = await clocksOf(data, '--known-at', at);
      const counted = countKnownAt(sample(FILE), Date.parse(at));
      for (const priority of ['3 - Moderate', '4 - Low']) {
        expect(shown.find((row) => row.priority === priority)).toMatchObject({
          target: 'resolve',
          ...counted[priority],
        });
      }
    },
    LONG,
  );

  test(
    'a second import of the same file adds nothing',
    async () => {
      expect(await bring(data)).toEqual({ ...first, added: 0, alreadyThere: first.added, seconds: expect.any(Number) });
    },
    LONG,
  );

  test(
    'has other verdicts under other rules, and the first digest again under the first rules',
    async () => {
      const pack = join(ROOT_FOLDER, 'packs/incidents.yaml');
      const forty = join(folder, 'forty-hours.yaml');
      writeFileSync(forty, readFileSync(pack, 'utf8').replace('within: 62h', 'within: 40h'));
      await amendsJson('replay', '--rules', forty, '--data', data);
      expect((await clocksOf(data)).find(({ priority }) => priority === '3 - Moderate')).toMatchObject({
        met: 3_875,
        missed: 8_658,
      });
      expect((await verify(data)).digest).not.toBe(first.digest);
      await amendsJson('replay', '--rules', pack, '--data', data);
      expect(await verify(data)).toMatchObject({ equal: true, digest: first.digest, seals: 'intact' });
    },
    LONG,
  );

  test(
    'is complete after a crash and a second run, with the digest of another folder',
    async () => {
      const other = join(folder, 'killed');
      const killed = startAmends('import', '--mapping', 'mappings/incidents.yaml', '--data', other, sample(FILE));
      await grown(join(other, 'history.db-wal'), 4_000_000);
      killed.kill('SIGKILL');
      await once(killed, 'exit');
      const rest = await bring(other);
      expect(rest.alreadyThere).toBeGreaterThan(0);
      expect(rest.added).toBeGreaterThan(0);
      expect(rest.added + rest.alreadyThere).toBe(first.added);
      expect(await verify(other)).toMatchObject({ equal: true, digest: first.digest, seals: 'intact' });
    },
    LONG,
  );

  test(
    "an audit shows a verdict with its events, rule set and the calendar's intervals",
    async () => {
      interface Audit {
        readonly events: readonly { readonly id: string; readonly type: string }[];
        readonly clocks: readonly {
          readonly verdict: string;
          readonly workingMs: number;
          readonly counted: readonly { readonly ms: number }[];
          readonly clock: { readonly ruleSet: string; readonly startedBy: string; readonly stoppedBy: string };
        }[];
      }
      const { events, clocks } = await amendsJson<Audit>('audit', 'INC0000045', '--data', data);
      const [clock] = clocks;
      expect(clock).toMatchObject({ verdict: 'met', reported: 'met', workingMs: 45 * 3_600_000, zone: 'Etc/UTC' });
      expect(clock?.counted.reduce((sum, { ms }) => sum + ms, 0)).toBe(clock?.workingMs);
      const nameOf = (id: string | undefined) => events.find((event) => event.id === id)?.type;
      expect([nameOf(clock?.clock.startedBy), nameOf(clock?.clock.stoppedBy)]).toEqual(['CaseOpened', 'CaseApproved']);
      const early = await amendsJson<Audit>(
        'audit',
        'INC0000045',
        '--known-at',
        '2016-03-01',
        '--at',
        '2016-03-01',
        '--data',
        data,
      );
      expect(early.clocks[0]?.verdict).toBe('running');
      expect(early.events.map(({ type }) => type)).not.toContain('VerdictReported');
    },
    LONG,
  );

  test('a missing file of rules is reported as a file, not as rules that history lacks', async () => {
    const ended = await amends('report', 'clocks', '--under', 'nowhere.yaml', '--data', data);
    expect(ended).toMatchObject({ code: 2, out: '' });
    expect(ended.err).toContain('There is no rule set nowhere.yaml. Check the path.');
  });
});

describe('the consumer complaints', () => {
  let data: string;
  beforeAll(async () => {
    data = join(folder, 'complaints');
    await importInto(data, 'consumer-complaints.yaml', 'consumer-complaints-2015q1.csv.gz');
  }, LONG);

  test(
    'show reported verdicts and no computed ones, because the source lacks the dates',
    async () => {
      expect(await clocksOf(data)).toEqual([
        {
          target: 'timely-response',
          priority: 'normal',
          met: null,
          missed: null,
          running: null,
          overdue: null,
          reportedMet: 27_444,
          reportedMissed: 712,
          disagreements: null,
        },
      ]);
    },
    LONG,
  );

  test(
    'show the answers to offers; a blank is no answer',
    async () => {
      const { offers } = await amendsJson<{ offers: object }>('report', 'funnel', '--data', data);
      expect(offers).toEqual({ total: 25_114, declined: 4_708, accepted: 1_298, unanswered: 19_108 });
    },
    LONG,
  );

  test(
    'show the most frequent causes first',
    async () => {
      type Causes = { rows: { cause: string[]; count: number }[] };
      const { rows } = await amendsJson<Causes>('report', 'root-causes', '--level', '1', '--data', data);
      expect(rows.slice(0, 3).map(({ cause, count }) => [...cause, count])).toEqual([
        ['Debt collection', 7_494],
        ['Mortgage', 6_612],
        ['Credit reporting', 5_717],
      ]);
    },
    LONG,
  );

  test(
    'and verify is clean',
    async () => {
      expect(await verify(data)).toMatchObject({ equal: true, seals: 'intact' });
    },
    LONG,
  );
});

describe('invalid commands fail with a sentence and the documented exit code', () => {
  const MAPPING = 'mappings/incidents.yaml';
  test.each([
    ['a file that is not there', ['import', '--mapping', MAPPING, 'nowhere.csv'], 2, 'There is no file nowhere.csv'],
    [
      'a mapping that is not there',
      ['import', '--mapping', 'nowhere.yaml', 'package.json'],
      2,
      'no mapping nowhere.yaml',
    ],
    [
      'a mapping that is none',
      ['import', '--mapping', 'package.json', 'package.json'],
      2,
      "can't be used as a mapping",
    ],
    ['a file of another kind', ['import', '--mapping', MAPPING, 'package.json'], 2, 'does not fit the mapping'],
    ['a folder without a store', ['report', 'clocks'], 2, 'There is no store in'],
    ['an option that is none', ['verify', '--nonsense'], 2, "unknown option '--nonsense'"],
    ['an instant that is none', ['report', 'clocks', '--at', '2016-02-30'], 2, '--at takes an instant'],
    ['a field that is none', ['report', 'clocks', '--by', 'shoe-size'], 2, 'Allowed choices are priority'],
    ['rules that are none', ['replay', '--rules', 'package.json', '--data', 'mappings'], 2, 'There is no store in'],
  ])('%s', async (_sentence, args, code, said) => {
    const data = args.includes('--data') ? [] : ['--data', join(folder, 'empty')];
    const ended = await amends(...args, ...data);
    expect(ended).toMatchObject({ code, out: '' });
    expect(ended.err).toContain(said);
    expect(ended.err).not.toMatch(/\n\s+at /);
  });

  test('help is printed before the heavy modules are loaded', async () => {
    const { code, out } = await amends('--help');
    expect(code).toBe(0);
    expect(out).toContain('Exit codes:');
  });
});

/** Waits until a file has grown to a size: the import is in the middle of its work then. */
async function grown(file: string, bytes: number): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size >= bytes) return;
    await new Promise((done) => setImmediate(done));
  }
  throw new Error(`${file} did not grow to ${bytes} bytes.`);
}

const HOUR = 3_600_000;
const GOALS: Readonly<Record<string, number>> = { '3 - Moderate': 62 * HOUR, '4 - Low': 132.47 * HOUR };

/** Computes rows, dates and working hours by hand, without any code of Amends. */
function countKnownAt(file: string, at: number) {
  const rows = parse(gunzipSync(readFileSync(file)), { columns: true }) as Record<string, string>[];
  const incidents = new Map<string, Record<string, string>[]>();
  for (const row of rows) {
    if (instantOf(row['sys_updated_at']) > at) continue;
    incidents.set(row['number'] ?? '', [...(incidents.get(row['number'] ?? '') ?? []), row]);
  }
  const counts: Record<string, Record<string, number>> = {};
  for (const known of incidents.values()) {
    const priority = known.at(-1)?.['priority'] ?? '';
    const goal = GOALS[priority];
    if (goal === undefined) continue;
    const count = (counts[priority] ??= {
      met: 0,
      missed: 0,
      running: 0,
      overdue: 0,
      reportedMet: 0,
      reportedMissed: 0,
      disagreements: 0,
    });
    const add = (name: string) => (count[name] = (count[name] ?? 0) + 1);
    const opened = instantOf(known[0]?.['opened_at']);
    const closed = known.find((row) => row['incident_state'] === 'Closed');
    if (!closed) {
      add('running');
      // Exactly at its goal a clock can still be met.
      if (workedMs(opened, at) > goal) add('overdue');
      continue;
    }
    const met = workedMs(opened, instantOf(closed['sys_updated_at'])) <= goal;
    const reported = closed['made_sla'] === 'true';
    add(met ? 'met' : 'missed');
    add(reported ? 'reportedMet' : 'reportedMissed');
    if (met !== reported) add('disagreements');
  }
  return counts;
}

function instantOf(text = ''): number {
  const [day = 0, month = 0, year = 0, hour = 0, minute = 0] = text.split(/[/ :]/).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute);
}

/** Mon-Fri 14:00-23:00 UTC, day by day. */
function workedMs(from: number, to: number): number {
  let worked = 0;
  for (let day = from - (from % (24 * HOUR)); day < to; day += 24 * HOUR) {
    if ([0, 6].includes(new Date(day).getUTCDay())) continue;
    worked += Math.max(0, Math.min(to, day + 23 * HOUR) - Math.max(from, day + 14 * HOUR));
  }
  return worked;
}

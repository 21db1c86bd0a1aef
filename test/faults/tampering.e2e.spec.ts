import { chmodSync, cpSync, mkdtempSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { amends, amendsJson, crashAmends } from '../e2e/amends.testing.js';
import { eventually, RunningApp } from '../e2e/running-app.testing.js';
import { incidentLog } from './incident-log.testing.js';

interface Found {
  readonly code: number;
  readonly seals: string;
  readonly anchor: string | null;
  readonly problems: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'amends-tampering-'));
const prepared = join(folder, 'prepared');
const file = join(folder, 'incidents.csv');
const importInto = (data: string): readonly string[] => [
  'import',
  '--mapping',
  'mappings/incidents.yaml',
  '--data',
  data,
  file,
];
let copies = 0;

beforeAll(async () => {
  writeFileSync(file, incidentLog(12));
  await amendsJson(...importInto(prepared));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of a store for somebody to tamper with. */
function tampered(sql: string, from = prepared): string {
  const data = join(folder, `copy-${++copies}`);
  cpSync(from, data, { recursive: true });
  if (sql !== '') {
    const db = new DatabaseSync(join(data, 'history.db'));
    db.exec(sql);
    db.close();
  }
  return data;
}

async function verified(data: string, ...more: readonly string[]): Promise<Found> {
  const { code, out, err } = await amends('verify', '--data', data, '--json', ...more);
  if (!out.startsWith('{')) throw new Error(`verify ended with ${code} and no JSON: ${err}`);
  const said = JSON.parse(out) as { seals: string; anchor: string | null; problems?: readonly string[] };
  return { code, seals: said.seals, anchor: said.anchor, problems: said.problems ?? [] };
}

interface Event {
  readonly position: number;
  readonly name: string;
}

/** The name of an event in a finding. */
function eventAt(position: number): Event {
  const db = new DatabaseSync(join(prepared, 'history.db'), { readOnly: true });
  const row = db.prepare('SELECT type, revision, stream FROM history WHERE position = ?').get(position);
  db.close();
  const at = String(position).padStart(16, '0');
  return {
    position,
    name: `${String(row?.['type'])}, revision ${String(row?.['revision'])} of ${String(row?.['stream'])}, at position ${at}`,
  };
}

describe('a sealed event', () => {
  test('is intact if nobody changes it', async () => {
    expect(await verified(tampered(''))).toMatchObject({ code: 0, seals: 'intact', problems: [] });
  });

  test.each([
    ['id', `'00000000-0000-5000-8000-000000000000'`],
    ['stream', '9999'],
    ['revision', 'revision + 1000'],
    ['type', `(SELECT id FROM names WHERE name = 'CaseApproved')`],
    ['category', `(SELECT id FROM names WHERE name = 'rules')`],
    ['schema_version', 'schema_version + 1'],
    ['shard', '(shard + 1) % 256'],
    ['programme', `(SELECT id FROM names WHERE name = 'case')`],
    ['actor', '0'],
    ['imported', '1 - imported'],
    ['occurred_at', `'2031-01-01T00:00:00.000Z'`],
    ['known_at', `'2031-01-01T00:00:00.000Z'`],
    ['recorded_at', `'2031-01-01T00:00:00.000Z'`],
    ['command_id', `'another'`],
    ['correlation_id', `'another'`],
    ['causation_id', `'another'`],
    ['request_hash', `'another'`],
    ['data', `json_set(data, '$.reason', 'another')`],
    ['data', `'{'`],
  ])('that is changed in %s to %s is named', async (column, value) => {
    const { position, name } = eventAt(12);
    const others = `INSERT INTO actors VALUES (0, 'somebody', 'else'); INSERT INTO streams VALUES (9999, 'case-9999');`;
    const found = await verified(
      tampered(`${others} UPDATE events SET ${column} = ${value} WHERE position = ${position}`),
    );
    expect(found).toMatchObject({ code: 1, seals: 'broken' });
    expect(found.problems.join('\n')).toContain(column === 'data' && value === `'{'` ? String(position) : name);
  });

  test('with another stream, type or actor is detected', async () => {
    const { name } = eventAt(12);
    for (const [table, column] of [
      ['streams', 'stream'],
      ['names', 'type'],
      ['actors', 'actor'],
    ]) {
      const its = `(SELECT ${column} FROM events WHERE position = 12)`;
      const { code, problems } = await verified(tampered(`UPDATE ${table} SET name = name || 'x' WHERE id = ${its}`));
      expect(code).toBe(1);
      expect(problems.join('\n')).toContain(name);
    }
  });

  test('that is removed is detected', async () => {
    const { position, name } = eventAt(12);
    const { code, problems } = await verified(tampered(`DELETE FROM events WHERE position = ${position}`));
    expect(code).toBe(1);
    expect(problems).toContain(`Removed since it was sealed: ${name}.`);
  });

  test('that changed places with another is detected', async () => {
    const swap = `UPDATE events SET position = 900000 WHERE position = 12; UPDATE events SET position = 12 WHERE position = 13;
      UPDATE events SET position = 13 WHERE position = 900000`;
    const { code, problems } = await verified(tampered(swap));
    expect(code).toBe(1);
    expect(problems.join('\n')).toMatch(/at position 0{14}1[23]/);
  });

  test('with an inserted event among its neighbours is intact, and the inserted one is detected', async () => {
    const made = `CREATE TABLE moved AS SELECT * FROM events WHERE position >= 12;
      DELETE FROM events WHERE position >= 12;
      INSERT INTO events SELECT position, 'forged', stream, 9000, type, category, schema_version, shard, programme, actor,
        imported, occurred_at, known_at, recorded_at, command_id, correlation_id, causation_id, data,
        sequence, request_hash FROM moved WHERE position = 12;
      UPDATE moved SET position = position + 1; INSERT INTO events SELECT * FROM moved; DROP TABLE moved`;
    const data = tampered(made);
    const { code, problems } = await verified(data);
    expect(code).toBe(1);
    expect(problems.join('\n')).toMatch(/revision 9000 of case-\S+, at position 0000000000000012|was changed since/);
  });
});

describe('the last events, lost', () => {
  const LOSE_THREE = 'DELETE FROM events WHERE position > (SELECT max(position) - 3 FROM events)';
  const lost = /ends at position \d{16}, but the event at \d{16} was acknowledged: the last 3 events are lost/;

  test('are detected and counted by verify and by the start of the app', async () => {
    const data = tampered(LOSE_THREE);
    const { code, problems } = await verified(data);
    expect(code).toBe(1);
    expect(problems.join('\n')).toMatch(lost);
    const start = await RunningApp.ending(data, {});
    expect(start.code).toBe(1);
    expect(start.said).toMatch(lost);
  });

  test('are detected even if they were not sealed yet', async () => {
    const unsealed = join(folder, 'unsealed');
    expect(await crashAmends('import: after read models, before seals', ...importInto(unsealed))).toBe('SIGKILL');
    const { code, problems } = await verified(tampered(LOSE_THREE, unsealed));
    expect(code).toBe(1);
    expect(problems.join('\n')).toMatch(lost);
  });

  test('and a change of the very last event are detected by the head', async () => {
    const change = `UPDATE events SET data = '{}' WHERE position = (SELECT max(position) FROM events)`;
    const { code, problems } = await verified(tampered(change));
    expect(code).toBe(1);
    expect(problems.join('\n')).toContain('is not the one that was acknowledged: it was changed since');
  });

  test.each([
    ['cut short', (head: string) => truncateSync(head, 100), "history.head can't be read"],
    ['gone', unlinkSync, 'history.head is missing'],
  ])('a head that is %s is said to be, by verify and by the start of the app', async (_, damage, words) => {
    const data = tampered('');
    damage(join(data, 'history.head'));
    const { code, problems } = await verified(data);
    expect(code).toBe(1);
    expect(problems.join('\n')).toContain(words);
    const start = await RunningApp.ending(data, {});
    expect(start.code).toBe(1);
    expect(start.said).toContain(words);
  });
});

describe('a seal', () => {
  test.each([
    ['', 'Record seal/0000000001 in'],
    [', checksum = NULL', 'Seal 1 was changed'],
  ])('that is changed%s is detected', async (andMore, words) => {
    const data = tampered('');
    const db = new DatabaseSync(join(data, 'ledger.db'));
    db.exec(`UPDATE records SET value = json_set(value, '$.count', 1)${andMore} WHERE key LIKE 'seal/%'`);
    db.close();
    const { code, problems } = await verified(data);
    expect(code).toBe(1);
    expect(problems.join('\n')).toContain(words);
  });

  /** Removes all seals, and on demand the note of the last sealed event. */
  function unsealed(...notes: readonly 'note'[]): string {
    const data = tampered('');
    const gone: [string, string][] = [['ledger.db', 'seal/%']];
    if (notes.length > 0) gone.push(['vault.db', 'sealed/%']);
    for (const [file, keys] of gone) {
      const db = new DatabaseSync(join(data, file));
      db.prepare('DELETE FROM records WHERE key LIKE ?').run(keys);
      db.close();
    }
    return data;
  }

  test('is missed even if all are gone, and the app does not seal again in its place', async () => {
    const data = unsealed();
    const { code, seals, problems } = await verified(data);
    expect({ code, seals }).toEqual({ code: 1, seals: 'broken' });
    expect(problems).toEqual([
      expect.stringMatching(
        /^Seals are missing: the vault's anchor counts \d+ sealed events, and the seals cover 0\.$/,
      ),
    ]);
    const app = await RunningApp.start(data);
    try {
      const health = await eventually(async () => {
        const { status, body } = await app.operator.get('/health/ready');
        return status === 503 ? JSON.stringify(body) : undefined;
      }, 'an app that does not seal is not ready');
      expect(health).toContain('Seals are missing');
    } finally {
      expect(await app.stop()).toBe(0);
    }
    expect(await verified(data)).toMatchObject({ code: 1, seals: 'broken' });
  });

  test('that is gone together with the note is detected only by an anchor kept elsewhere', async () => {
    const { anchor } = await verified(tampered(''));
    const data = unsealed('note');
    const without = await verified(data);
    expect(without).toMatchObject({ code: 1, seals: 'none' });
    expect(without.problems.join()).toContain('No seal covers any of the');
    const { code, seals, problems } = await verified(data, '--anchor', anchor ?? '');
    expect({ code, seals }).toEqual({ code: 1, seals: 'broken' });
    expect(problems.join()).toMatch(
      /^Seals are missing: the given anchor counts \d+ sealed events, and the seals cover 0\.$/,
    );
    expect((await amends('verify', '--data', data, '--anchor', 'x')).err).toContain(
      '--anchor takes the anchor of an earlier',
    );
  });

  test('that is lost for good is made again by a restore, and history records it', async () => {
    const data = unsealed();
    const kept = join(folder, 'kept');
    await amendsJson('backup', kept, '--data', data);
    await amendsJson('restore', kept, '--data', data);
    expect(await verified(data)).toMatchObject({ code: 0, seals: 'intact' });
  });
});

describe('a folder', () => {
  test('that an app writes is refused to a second one with a sentence, and stays unchanged', async () => {
    const data = join(folder, 'shared');
    const first = await RunningApp.start(data);
    const second = await RunningApp.ending(data, {});
    expect(second.code).toBe(1);
    expect(second.said).toContain('is being written by another process (pid ');
    expect((await amends(...importInto(data))).err).toContain("Set AMENDS_KEY to an operator's key");
    expect((await first.operator.get('/health/ready')).status).toBe(200);
    expect(await first.stop()).toBe(0);
    expect((await verified(data)).code).toBe(0);
  });

  // Root can write every folder.
  (process.getuid?.() === 0 ? test.skip : test)('that can not be written is refused with a sentence', async () => {
    const data = tampered('');
    for (const mode of [0o500, 0o700]) {
      chmodSync(data, mode);
      const { code, err } = await amends(...importInto(data));
      expect(code).toBe(mode === 0o500 ? 3 : 0);
      if (mode === 0o500) expect(err).toMatch(/permission|read-only|can't be written/i);
    }
  });
});

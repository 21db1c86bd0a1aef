import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { incidentLog } from '../faults/incident-log.testing.js';
import { amendsJson, ROOT_FOLDER } from './amends.testing.js';
import { eventually, OPERATOR_KEY, RunningApp } from './running-app.testing.js';

describe('while the app runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-import-'));
  const file = join(folder, 'incidents.csv');
  const mapping = join(ROOT_FOLDER, 'mappings/incidents.yaml');
  let app: RunningApp;

  beforeAll(async () => {
    writeFileSync(file, incidentLog(30));
    process.env['AMENDS_KEY'] = OPERATOR_KEY;
    app = await RunningApp.start(join(folder, 'data'), { AMENDS_DEMO: 'off' });
  });
  afterAll(async () => {
    delete process.env['AMENDS_KEY'];
    await app.stop();
    rmSync(folder, { recursive: true });
  });

  const imported = (): Promise<{ cases: number; added: number; alreadyThere: number }> =>
    amendsJson('import', file, '--mapping', mapping, '--data', app.folder);

  test('an import goes into the history that the app serves, once', async () => {
    const first = await imported();
    expect(first).toMatchObject({ cases: 30, alreadyThere: 0 });
    expect(await imported()).toMatchObject({ added: 0, alreadyThere: first.added });
  });

  test('the app shows what was imported, and its proof still holds', async () => {
    await eventually(async () => {
      const { body } = await app.operator.get('/v1/reports/clocks?programme=incidents');
      const { rows } = body as { rows: { met: number | null }[] };
      return rows[0]?.met === 30 ? rows : undefined;
    }, 'thirty met clocks');
    expect(await amendsJson('verify', '--data', app.folder)).toMatchObject({ equal: true, seals: 'intact' });
  });

  test.each([
    ['a path that is not absolute', { file: 'incidents.csv', mapping: 'a: b' }, 'file'],
    ['a file that is not there', { file: '/nowhere/incidents.csv', mapping: 'a: b' }, 'file'],
    ['what is no mapping', { file, mapping: 'a: b' }, 'mapping'],
  ])('%s is refused by its field', async (_what, sent, field) => {
    const { status, body } = await app.operator.post('/v1/imports', sent);
    expect(status).toBe(422);
    expect(body).toMatchObject({ errors: [{ field }] });
  });

  test.each([
    ['a folder', () => app.folder],
    ['a file that is there already', () => file],
    ['a place where none can be made', () => '/proc/nowhere/rejects.csv'],
  ])('a rejects file that is %s is refused before the import begins', async (_what, rejects) => {
    const sent = { file, mapping: readFileSync(mapping, 'utf8'), rejects: rejects() };
    const { status, body } = await app.operator.post('/v1/imports', sent);
    expect(status).toBe(422);
    expect(body).toMatchObject({ errors: [{ field: 'rejects' }] });
    expect(readFileSync(file, 'utf8')).toBe(incidentLog(30));
  });

  test('a truncated file is refused with a sentence that says what was imported', async () => {
    const broken = join(folder, 'broken.csv.gz');
    const whole = gzipSync(incidentLog(2_000));
    writeFileSync(broken, whole.subarray(0, whole.length / 2));
    const sent = { file: broken, mapping: readFileSync(mapping, 'utf8') };
    const { status, body } = await app.operator.post('/v1/imports', sent);
    expect(status).toBe(422);
    expect(body).toMatchObject({
      errors: [{ field: 'file', message: expect.stringContaining('before that, which stay') }],
    });
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { amends, amendsJson, sample } from '../e2e/amends.testing.js';
import { putStoresOn } from '../e2e/stores-on-engines.testing.js';
import { onEngines } from './on-engines.testing.js';

const LONG = 300_000;
/** Enough for every kind of event; incident-history.int.spec.ts compares the whole log. */
const ROWS = Number(process.env['AMENDS_INCIDENT_ROWS'] ?? 600);

await onEngines('an import', async (servers) => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-import-'));
  const [file, embedded, engines] = ['incidents.csv', 'embedded', 'engines'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const bring = (data: string) =>
    amendsJson<{ digest: string }>('import', file, '--mapping', 'mappings/incidents.yaml', '--data', data);
  /** Embedded: without the settings of servers. */
  const withoutServers = async <T>(work: () => Promise<T>): Promise<T> => {
    putStoresOn(undefined);
    try {
      return await work();
    } finally {
      putStoresOn(servers);
    }
  };
  let onEnginesBrought: { digest: string };
  let embeddedBrought: { digest: string };

  beforeAll(async () => {
    const log = gunzipSync(readFileSync(sample('incident-events-to-2016-04-14.csv.gz'))).toString('utf8');
    writeFileSync(
      file,
      `${log
        .split('\n')
        .slice(0, ROWS + 1)
        .join('\n')}\n`,
    );
    embeddedBrought = await withoutServers(() => bring(embedded));
    onEnginesBrought = await bring(engines);
  }, LONG);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('on engines gives the embedded digest, and a second import adds nothing', async () => {
    expect(onEnginesBrought).toEqual({ ...embeddedBrought, seconds: expect.any(Number) });
    expect(await bring(engines)).toMatchObject({ added: 0, digest: embeddedBrought.digest });
  });

  test('verify finds read models and seals intact', async () => {
    expect(await amendsJson('verify', '--data', engines)).toMatchObject({
      equal: true,
      digest: embeddedBrought.digest,
      seals: 'intact',
    });
  });

  test('the clock report is the same', async () => {
    const report = (data: string) =>
      amendsJson('report', 'clocks', '--by', 'priority', '--at', '2016-04-14T00:00:00Z', '--data', data);
    expect(await report(engines)).toEqual(await withoutServers(() => report(embedded)));
  });

  test('doctor lists the engines and that they answer', async () => {
    const { findings } = await amendsJson<{ findings: { what: string; ok: boolean; found: string }[] }>(
      'doctor',
      '--data',
      engines,
    );
    for (const what of ['event store', 'read store', 'ledger', 'vault'])
      expect(findings.find((finding) => finding.what === what)).toMatchObject({
        ok: true,
        found: expect.stringMatching(/^(EventStoreDB|MongoDB) at .* answers/),
      });
  });

  test('doctor names the engine that does not answer, without its password', async () => {
    putStoresOn({ ...servers, mongoDb: 'mongodb://amends:secret@127.0.0.1:1' });
    const { code, out } = await amends('doctor', '--json', '--data', engines);
    putStoresOn(servers);
    expect(code).toBe(1);
    expect(out).not.toContain('secret');
    const { findings } = JSON.parse(out) as { findings: { what: string; ok: boolean }[] };
    expect(findings.filter(({ ok }) => !ok).map(({ what }) => what)).toEqual(['read store', 'ledger', 'vault']);
  });

  test('a back-up refuses engines: it copies files, and there are none', async () => {
    const { code, err } = await amends('backup', join(folder, 'backup'), '--data', engines);
    expect(code).toBe(2);
    expect(err).toContain('this one is on EventStoreDB and MongoDB');
  });
});

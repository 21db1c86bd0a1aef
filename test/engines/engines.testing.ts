import { describe } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineAbsent } from './jars.js';
import { type RunningKafka, startKafka } from './kafka.js';
import { type RunningMongoDb, startMongoDb } from './mongodb.js';

/** An engine for the specs of one file, or the reason why there is none. */
export type EngineForTests =
  | { readonly present: true; readonly url: string; stop(): Promise<void> }
  | { readonly present: false; readonly reason: string };

/**
 * The server of READ_STORE_TEST_URL; with AMENDS_ENGINES=on a test server for this file; else none.
 * Await it at the top of a spec, and stop it at the end.
 */
export const mongoDbForTests = (): Promise<EngineForTests> =>
  engineForTests('MongoDB', 'READ_STORE_TEST_URL', async (folder) => {
    const { url, stop }: RunningMongoDb = await startMongoDb(folder);
    return { url, stop };
  });

/** The brokers of KAFKA_TEST_BROKERS; with AMENDS_ENGINES=on a broker for this file; else none. */
export const kafkaForTests = (): Promise<EngineForTests> =>
  engineForTests('Kafka', 'KAFKA_TEST_BROKERS', async (folder) => {
    const { brokers, stop }: RunningKafka = await startKafka(folder);
    return { url: brokers, stop };
  });

async function engineForTests(
  engine: string,
  variable: string,
  start: (folder: string) => Promise<{ url: string; stop(): Promise<void> }>,
): Promise<EngineForTests> {
  const named = process.env[variable];
  if (named) return { present: true, url: named, stop: async () => undefined };
  if (process.env['AMENDS_ENGINES'] !== 'on')
    return { present: false, reason: `${engine} is absent: set ${variable}, or AMENDS_ENGINES=on to start it` };
  const folder = mkdtempSync(join(tmpdir(), 'amends-engine-'));
  try {
    const { url, stop } = await start(folder);
    return {
      present: true,
      url,
      stop: async () => {
        await stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    // If somebody names an engine, its absence is a failure, not a skipped test.
    if (error instanceof EngineAbsent) throw new Error(`AMENDS_ENGINES=on, but ${error.message}`, { cause: error });
    throw error;
  }
}

/** A block of tests that need the engine. Without it they are skipped, and one line says why. */
export function describeOn(engine: EngineForTests, name: string, tests: (url: string) => void): void {
  if (engine.present) return describe(name, () => tests(engine.url));
  process.stderr.write(`Left out: ${name} (${engine.reason}).\n`);
  describe.skip(`${name} (${engine.reason})`, () => tests('mongodb://127.0.0.1:1'));
}

/** A new database on the server, whatever database its URL names. */
export const freshDatabase = (url: string): string => {
  const at = new URL(url);
  at.pathname = `/amends_test_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  return at.href;
};

/** Skips tests that this server can't pass, each reported in one line. */
export function leaveOut<T extends Readonly<Record<string, string>>>(where: string, tests: T): T {
  for (const [name, reason] of Object.entries(tests))
    process.stderr.write(`Left out: ${where}, "${name}" (${reason}).\n`);
  return tests;
}

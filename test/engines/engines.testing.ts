import { describe } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineAbsent } from './jars.js';
import { type RunningKafka, startKafka } from './kafka.js';
import { type RunningMongoDb, startMongoDb } from './mongodb.js';

/** An engine for the specs of one file, or why there is none. */
export type EngineForTests =
  | { readonly present: true; readonly url: string; stop(): Promise<void> }
  | { readonly present: false; readonly reason: string };

/**
 * The server of READ_STORE_TEST_URL; with AMENDS_ENGINES=on a test server of this file's own; else none.
 * To be awaited at the top of a spec, and stopped after all of it.
 */
export const mongoDbForTests = (): Promise<EngineForTests> =>
  engineForTests('MongoDB', 'READ_STORE_TEST_URL', async (folder) => {
    const { url, stop }: RunningMongoDb = await startMongoDb(folder);
    return { url, stop };
  });

/** The brokers of KAFKA_TEST_BROKERS; with AMENDS_ENGINES=on a broker of this file's own; else none. */
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
    // Asked for by name, an engine that can't run is a failure, not a test left out.
    if (error instanceof EngineAbsent) throw new Error(`AMENDS_ENGINES=on, but ${error.message}`, { cause: error });
    throw error;
  }
}

/** A block of tests that need the engine; without it they are left out, and one line says so and why. */
export function describeOn(engine: EngineForTests, name: string, tests: (url: string) => void): void {
  if (engine.present) return describe(name, () => tests(engine.url));
  process.stderr.write(`Left out: ${name} (${engine.reason}).\n`);
  describe.skip(`${name} (${engine.reason})`, () => tests('mongodb://127.0.0.1:1'));
}

/** A database of its own on the server, whatever database its URL names. */
export const freshDatabase = (url: string): string => {
  const at = new URL(url);
  at.pathname = `/amends_test_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  return at.href;
};

/** Tests that the server at hand can't pass, said in one line each. */
export function leaveOut<T extends Readonly<Record<string, string>>>(where: string, tests: T): T {
  for (const [name, reason] of Object.entries(tests))
    process.stderr.write(`Left out: ${where}, "${name}" (${reason}).\n`);
  return tests;
}

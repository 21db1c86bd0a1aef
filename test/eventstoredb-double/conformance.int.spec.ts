import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startDouble, type EventStoreDbDouble } from './eventstoredb-double.js';

const root = resolve(import.meta.dirname, '../..');
const servers = process.env['AMENDS_SERVERS'] ?? resolve(root, '../shared/servers');
const folder = join(servers, 'eventstoredb');

const lines = (answers: string): string[] => answers.split('\n').filter((line) => line !== '');

/**
 * Node's exit code for a program that awaits a promise that never settles, such as the client's dispose() after a read
 * that stopped early. The program has printed all answers by then.
 */
const WAITED_FOR_NOTHING = 13;

const askedOf = async (url: string): Promise<string[]> => {
  const asking = spawn(process.execPath, [join(folder, 'conformance.mjs')], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', ESDB_URL: url, RUN: 'asked' },
  });
  const [answers, complaints, [code]] = await Promise.all([
    text(asking.stdout),
    text(asking.stderr),
    once(asking, 'exit') as Promise<[number | null]>,
  ]);
  if (code !== 0 && code !== WAITED_FOR_NOTHING) throw new Error(`The questions ended with ${code}:\n${complaints}`);
  return lines(answers);
};

describe('the double of EventStoreDB', () => {
  let double: EventStoreDbDouble | undefined;
  afterEach(() => double?.stop());

  test.each([
    ['in one call for all appends', true],
    ['in one call an append', false],
  ])('gives every answer of a real server, asked %s', async (_how, batchAppend) => {
    if (!existsSync(folder)) {
      throw new Error(
        `${folder} is not there, so nothing proves that the double answers as a real EventStoreDB does. Name the folder that holds eventstoredb/conformance.mjs by AMENDS_SERVERS.`,
      );
    }
    double = await startDouble({ batchAppend });
    const expected = lines(readFileSync(join(folder, 'expected.jsonl'), 'utf8'));
    expect(await askedOf(double.url)).toEqual(expected);
    expect(expected).toHaveLength(57);
  });
});

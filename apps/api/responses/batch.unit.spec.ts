import { describe, expect, test } from '@jest/globals';
import { Readable } from 'node:stream';
import { receiveLines } from './batch.js';

const line = (externalId: string): string =>
  `${JSON.stringify({ source: 'survey', externalId, customer: 'c-77', metric: 'nps', score: 2 })}\n`;
const LINES = Buffer.from(['r-1', 'r-2', 'r-3'].map(line).join(''));

const answered = async (receive: (externalId: string) => Promise<object>): Promise<unknown[]> => {
  const results: unknown[] = [];
  for await (const result of receiveLines(Readable.from([LINES]), ({ externalId }) => receive(externalId)))
    results.push(JSON.parse(result));
  return results;
};

describe('a batch', () => {
  test('answers each line with a line, in order', async () => {
    expect(await answered((id) => Promise.resolve({ id }))).toEqual([
      { line: 1, id: 'r-1' },
      { line: 2, id: 'r-2' },
      { line: 3, id: 'r-3' },
    ]);
  });

  // A failure that nobody waits for ends the process, and this test with it.
  test('whose lines all fail, as where the store is away, fails for its caller alone', async () => {
    await expect(answered(() => Promise.reject(new Error('The store is away.')))).rejects.toThrow('away');
  });

  test('of which a line fails behind one that takes its time fails when that one is answered', async () => {
    const receive = async (id: string): Promise<object> => {
      if (id !== 'r-1') throw new Error('The store is away.');
      await new Promise((done) => setTimeout(done, 20));
      return { id };
    };
    await expect(answered(receive)).rejects.toThrow('away');
  });
});

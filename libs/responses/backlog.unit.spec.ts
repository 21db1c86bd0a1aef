import { describe, expect, test } from '@jest/globals';
import { Backlog, TriageProgress } from './backlog.js';

class Progress extends TriageProgress {
  position: string | undefined;
  reached(): Promise<string | undefined> {
    return Promise.resolve(this.position);
  }
}

const given = ({ limit = 2 } = {}) => {
  const clock = { ms: 1_000 };
  const progress = new Progress();
  const waited: number[] = [];
  const pause = (ms: number): Promise<void> => {
    waited.push(ms);
    if (waited.length === 3) progress.position = '9';
    return Promise.resolve();
  };
  return { clock, progress, waited, backlog: new Backlog(limit, progress, () => clock.ms, pause) };
};

describe('the backlog of triage', () => {
  test('counts what was accepted and not reacted to, and how old the oldest is', async () => {
    const { backlog, clock, progress } = given();
    for (const position of ['1', '2', '3']) {
      backlog.accepted(position);
      clock.ms += 1_000;
    }
    expect(await backlog.now()).toEqual({ responses: 3, seconds: 3 });
    progress.position = '2';
    expect(await backlog.now()).toEqual({ responses: 1, seconds: 1 });
    progress.position = '3';
    expect(await backlog.now()).toEqual({ responses: 0, seconds: 0 });
  });

  test('is full at its limit, says when to try again, and has room once some are triaged', async () => {
    const { backlog, clock, progress } = given();
    backlog.accepted('1');
    expect(await backlog.full()).toBeUndefined();
    backlog.accepted('2');
    clock.ms += 6_000;
    expect(await backlog.full()).toBe(3);
    progress.position = '1';
    expect(await backlog.full()).toBeUndefined();
  });

  test('lets who can wait do so until there is room', async () => {
    const { backlog, waited } = given();
    backlog.accepted('1');
    backlog.accepted('2');
    await backlog.room();
    expect(waited).toHaveLength(3);
  });

  test('counts what waited before the start, without what was imported, and no more than its limit', async () => {
    const { backlog, progress } = given({ limit: 3 });
    progress.position = '4';
    const asked: unknown[] = [];
    const recorded = (position: string, imported?: true) =>
      ({ position, recordedAt: '1970-01-01T00:00:00.500Z', ...(imported && { imported }) }) as never;
    await backlog.countEarlier({
      async *readAll(options) {
        asked.push(options);
        yield {
          events: [recorded('5'), recorded('6', true), recorded('7'), recorded('8'), recorded('9')],
          position: '9',
        };
      },
    });
    expect(asked).toEqual([{ from: '4', filter: { types: ['ResponseReceived'] } }]);
    expect(await backlog.now()).toEqual({ responses: 3, seconds: 0.5 });
  });
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Ledger, LedgerDamaged, VersionConflict } from './ledger.js';

/** What damages a stored record behind the ledger's back. */
export interface Spoil {
  /** Stores this text as the record's value. */
  value(ledger: Ledger, key: string, text: string): Promise<void>;
  /** Removes the record's checksum, as if an older version of Amends had put it. */
  checksum(ledger: Ledger, key: string): Promise<void>;
}

/** What every ledger must do. @param open opens an empty one */
export function ledgerContract(open: () => Promise<Ledger>, spoil: Spoil): void {
  let ledger: Ledger;
  beforeEach(async () => {
    ledger = await open();
  });
  afterEach(() => ledger.close());

  const keys = (records: readonly { key: string }[]): string[] => records.map((record) => record.key);

  describe('get and put', () => {
    test('a record that nobody put is not there', async () => {
      expect(await ledger.get('lease/projector')).toBeUndefined();
    });

    test('a record comes back as it was put, at version 1', async () => {
      const value = { text: 'Zoë said "no" 👋', list: [1, null, true], nested: { empty: {} } };
      expect(await ledger.put({ key: 'outbox/1', value, dueAt: '2031-05-05T09:00:00.000Z' })).toBe(1);
      expect(await ledger.get('outbox/1')).toEqual({
        key: 'outbox/1',
        value,
        version: 1,
        dueAt: '2031-05-05T09:00:00.000Z',
      });
    });

    test('every put raises the version by one and replaces value and due time', async () => {
      await ledger.put({ key: 'outbox/1', value: 'a', dueAt: '2031-05-05T09:00:00.000Z' });
      expect(await ledger.put({ key: 'outbox/1', value: 'b' })).toBe(2);
      expect(await ledger.get('outbox/1')).toEqual({ key: 'outbox/1', value: 'b', version: 2 });
    });

    test('what the caller does to the value after the call is not stored', async () => {
      const value = { state: 'waiting' };
      const putting = ledger.put({ key: 'outbox/1', value });
      value.state = 'sent';
      await putting;
      expect((await ledger.get('outbox/1'))?.value).toEqual({ state: 'waiting' });
    });

    test('a value that is no JSON is refused and nothing is stored', async () => {
      await expect(ledger.put({ key: 'outbox/1', value: undefined })).rejects.toThrow('must be JSON');
      expect(await ledger.get('outbox/1')).toBeUndefined();
    });

    test('a due time that is no instant is refused', async () => {
      await expect(ledger.put({ key: 'outbox/1', value: 1, dueAt: 'soon' })).rejects.toThrow('must be an instant');
    });

    test.each(['', 'a/\0', 'a/\uD800'])('the key %j is refused', async (key) => {
      await expect(ledger.put({ key, value: 1 })).rejects.toThrow('well-formed');
    });
  });

  describe('compare-and-set', () => {
    test('a put that expects nothing there stands once', async () => {
      expect(await ledger.put({ key: 'lease/a', value: 'me', expected: 0 })).toBe(1);
      await expect(ledger.put({ key: 'lease/a', value: 'you', expected: 0 })).rejects.toThrow(VersionConflict);
      expect((await ledger.get('lease/a'))?.value).toBe('me');
    });

    test('a put at another version is refused, says which it is, and changes nothing', async () => {
      await ledger.put({ key: 'lease/a', value: 1 });
      await ledger.put({ key: 'lease/a', value: 2 });
      await expect(ledger.put({ key: 'lease/a', value: 3, expected: 1 })).rejects.toMatchObject({
        key: 'lease/a',
        expected: 1,
        actual: 2,
      });
      expect(await ledger.get('lease/a')).toMatchObject({ value: 2, version: 2 });
    });

    test('a put that expects a version of what is not there is refused', async () => {
      await expect(ledger.put({ key: 'lease/a', value: 1, expected: 4 })).rejects.toMatchObject({ actual: 0 });
    });

    test('of many that expect the same version at the same time one stands', async () => {
      await ledger.put({ key: 'lease/a', value: 'nobody' });
      const outcomes = await Promise.allSettled(
        Array.from({ length: 50 }, (_, n) => ledger.put({ key: 'lease/a', value: n, expected: 1 })),
      );
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
      expect((await ledger.get('lease/a'))?.version).toBe(2);
    });

    test('counting up by compare-and-set from many at once loses no count', async () => {
      const countUp = async (): Promise<void> => {
        for (;;) {
          const record = await ledger.get<number>('count/a');
          try {
            await ledger.put({ key: 'count/a', value: (record?.value ?? 0) + 1, expected: record?.version ?? 0 });
            return;
          } catch (error) {
            if (!(error instanceof VersionConflict)) throw error;
          }
        }
      };
      await Promise.all(Array.from({ length: 20 }, countUp));
      expect(await ledger.get('count/a')).toMatchObject({ value: 20, version: 20 });
    });
  });

  test('putInOrder stores all stages, and says which puts failed in any of them', async () => {
    await ledger.put({ key: 'b', value: 'before' });
    const failed = await ledger.putInOrder([
      [{ key: 'a', value: 1 }],
      [
        { key: 'b', value: 2, expected: 0 },
        { key: 'c', value: 3, expected: 0 },
      ],
    ]);
    expect(failed).toEqual(['b']);
    const values = await Promise.all(['a', 'b', 'c'].map(async (key) => (await ledger.get(key))?.value));
    expect(values).toEqual([1, 'before', 3]);
  });

  describe('putMany', () => {
    test('each stands or fails alone, and the keys of those that failed are returned', async () => {
      await ledger.put({ key: 'b/1', value: 'there' });
      const failed = await ledger.putMany([
        { key: 'a/1', value: 1 },
        { key: 'b/1', value: 2, expected: 0 },
        { key: 'c/1', value: 3, expected: 0 },
        { key: 'd/1', value: 4, expected: 7 },
      ]);
      expect(failed).toEqual(['b/1', 'd/1']);
      expect(await ledger.get('b/1')).toMatchObject({ value: 'there', version: 1 });
      expect(await ledger.get('c/1')).toMatchObject({ value: 3, version: 1 });
    });

    test('none is no error', async () => {
      expect(await ledger.putMany([])).toEqual([]);
    });
  });

  describe('remove', () => {
    test('what is removed is gone, and can be put again as if new', async () => {
      await ledger.put({ key: 'a/1', value: 1 });
      await ledger.remove('a/1');
      expect(await ledger.get('a/1')).toBeUndefined();
      expect(await ledger.put({ key: 'a/1', value: 2, expected: 0 })).toBe(1);
    });

    test('at another version it is refused and stays', async () => {
      await ledger.put({ key: 'a/1', value: 1 });
      await expect(ledger.remove('a/1', 2)).rejects.toThrow(VersionConflict);
      await ledger.remove('a/1', 1);
      expect(await ledger.get('a/1')).toBeUndefined();
    });

    test('removing what is not there is no error', async () => {
      await ledger.remove('a/1');
      await ledger.remove('a/1', 3);
    });
  });

  describe('list', () => {
    const listed = ['a/1', 'a/10', 'a/2', 'a/Z', 'a/z', 'a/é', 'ab/1', 'b/1'];
    beforeEach(async () => {
      await ledger.putMany(listed.toReversed().map((key) => ({ key, value: key })));
    });

    test('those under a prefix come in key order', async () => {
      expect(keys(await ledger.list('a/'))).toEqual(['a/1', 'a/10', 'a/2', 'a/Z', 'a/z', 'a/é']);
    });

    test('an empty prefix lists all', async () => {
      expect(keys(await ledger.list(''))).toEqual(listed);
    });

    test('a prefix is text, not a pattern', async () => {
      await ledger.putMany(['x%/1', 'xx/1', 'x_/1'].map((key) => ({ key, value: 0 })));
      expect(keys(await ledger.list('x%/'))).toEqual(['x%/1']);
      expect(keys(await ledger.list('x_/'))).toEqual(['x_/1']);
    });

    test('it goes on after a key, in either direction, by pages', async () => {
      expect(keys(await ledger.list('a/', { after: 'a/10', limit: 2 }))).toEqual(['a/2', 'a/Z']);
      expect(keys(await ledger.list('a/', { direction: 'backwards', limit: 2 }))).toEqual(['a/é', 'a/z']);
      expect(keys(await ledger.list('a/', { direction: 'backwards', after: 'a/2' }))).toEqual(['a/10', 'a/1']);
    });
  });

  describe('due', () => {
    beforeEach(async () => {
      await ledger.putMany([
        { key: 'outbox/late', value: 0, dueAt: '2031-05-05T10:00:00.000Z' },
        { key: 'outbox/soon', value: 0, dueAt: '2031-05-05T09:00:00Z' },
        { key: 'outbox/b', value: 0, dueAt: '2031-05-05T09:30:00.000Z' },
        { key: 'outbox/a', value: 0, dueAt: '2031-05-05T11:30:00+02:00' },
        { key: 'outbox/never', value: 0 },
        { key: 'seal/1', value: 0, dueAt: '2031-05-05T08:00:00.000Z' },
      ]);
    });

    test('soonest first, then by key, those due at the instant or before', async () => {
      expect(keys(await ledger.due('outbox/', '2031-05-05T09:30:00.000Z', 10))).toEqual([
        'outbox/soon',
        'outbox/a',
        'outbox/b',
      ]);
      expect(keys(await ledger.due('outbox/', '2031-05-05T08:59:59.999Z', 10))).toEqual([]);
    });

    test('no more than asked for, of one kind or of all', async () => {
      expect(keys(await ledger.due('outbox/', '2031-05-06T00:00:00.000Z', 2))).toEqual(['outbox/soon', 'outbox/a']);
      expect(keys(await ledger.due('', '2031-05-06T00:00:00.000Z', 2))).toEqual(['seal/1', 'outbox/soon']);
    });

    test('put later or without a due time, it is due no more', async () => {
      await ledger.put({ key: 'outbox/soon', value: 0, dueAt: '2031-05-07T00:00:00.000Z' });
      await ledger.put({ key: 'outbox/a', value: 0 });
      expect(keys(await ledger.due('outbox/', '2031-05-06T00:00:00.000Z', 10))).toEqual(['outbox/b', 'outbox/late']);
    });
  });

  describe('a damaged record', () => {
    beforeEach(async () => {
      await ledger.putMany(
        ['a/1', 'a/2', 'b/1'].map((key) => ({ key, value: { n: 1 }, dueAt: '2031-05-05T09:00:00.000Z' })),
      );
    });

    test('is refused by its name, however it is read, and others are read', async () => {
      await spoil.value(ledger, 'a/2', '{"n":3}');
      for (const read of [
        ledger.get('a/2'),
        ledger.list('a/'),
        ledger.list('a/', { direction: 'backwards', limit: 1 }),
        ledger.due('a/', '2031-05-06T00:00:00.000Z', 10),
      ]) {
        const refused = expect(read).rejects;
        await refused.toThrow(LedgerDamaged);
        await refused.toMatchObject({ key: 'a/2', message: expect.stringMatching(/^Record a\/2 in .+ is damaged: /) });
      }
      expect((await ledger.get('a/1'))?.value).toEqual({ n: 1 });
      expect(keys(await ledger.list('b/'))).toEqual(['b/1']);
    });

    test('is found among all, up to as many as asked for', async () => {
      expect(await ledger.damages(10)).toEqual([]);
      for (const key of ['a/1', 'b/1']) await spoil.value(ledger, key, '{"n":');
      expect((await ledger.damages(10)).map(({ key }) => key)).toEqual(['a/1', 'b/1']);
      expect((await ledger.damages(1)).map(({ key }) => key)).toEqual(['a/1']);
    });

    test('is mended by a put, and can be removed', async () => {
      for (const key of ['a/1', 'a/2']) await spoil.value(ledger, key, '{"n":3}');
      expect(await ledger.put({ key: 'a/1', value: 'new' })).toBe(2);
      await ledger.remove('a/2');
      expect((await ledger.list('')).map(({ key, value }) => [key, value])).toEqual([
        ['a/1', 'new'],
        ['b/1', { n: 1 }],
      ]);
    });

    test('without a checksum is found if it is no JSON, and gets a checksum by its next put', async () => {
      for (const key of ['a/1', 'a/2']) await spoil.checksum(ledger, key);
      await spoil.value(ledger, 'a/1', '{"n":3}');
      expect((await ledger.get('a/1'))?.value).toEqual({ n: 3 });
      await spoil.value(ledger, 'a/2', '{"n":');
      await expect(ledger.get('a/2')).rejects.toThrow(LedgerDamaged);
      await ledger.put({ key: 'a/1', value: { n: 1 } });
      await spoil.value(ledger, 'a/1', '{"n":3}');
      await expect(ledger.get('a/1')).rejects.toThrow(LedgerDamaged);
    });
  });
}

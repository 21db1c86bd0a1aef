import { afterAll, expect, test } from '@jest/globals';
import type { Collection } from 'mongodb';
import { describeOn, freshDatabase, mongoDbForTests } from '../../../test/engines/engines.testing.js';
import { ledgerContract } from '../ledger.contract.js';
import type { Ledger } from '../ledger.js';
import { MongoLedger } from './mongo-ledger.js';
import type { RecordDocument } from './records.js';

const mongoDb = await mongoDbForTests();
afterAll(() => (mongoDb.present ? mongoDb.stop() : undefined));

describeOn(mongoDb, 'the ledger in MongoDB', (url) => {
  const update = async (ledger: Ledger, key: string, change: object): Promise<void> =>
    void (await (ledger as unknown as { records: Collection<RecordDocument> }).records.updateOne({ _id: key }, change));
  ledgerContract(() => MongoLedger.open({ url: freshDatabase(url), mode: 'write' }), {
    value: (ledger, key, text) => update(ledger, key, { $set: { value: text } }),
    checksum: (ledger, key) => update(ledger, key, { $unset: { checksum: '' } }),
  });

  test('what was put is there after it is opened again, and ledger and vault are apart', async () => {
    const at = freshDatabase(url);
    const before = await MongoLedger.open({ url: at, mode: 'write' });
    await before.put({ key: 'seal/1', value: { $hash: 'abc', 'a.b': 1 } });
    await before.close();
    const [after, vault] = [
      await MongoLedger.open({ url: at, mode: 'read' }),
      await MongoLedger.open({ url: at, mode: 'write', name: 'vault' }),
    ];
    expect(await after.get('seal/1')).toEqual({ key: 'seal/1', value: { $hash: 'abc', 'a.b': 1 }, version: 1 });
    expect(await vault.list('')).toEqual([]);
    await expect(after.put({ key: 'seal/1', value: 2 })).rejects.toThrow('opened for reading');
    await after.close();
    await vault.close();
  });

  test('of two connections that make the same record one stands', async () => {
    const at = freshDatabase(url);
    const both = [
      await MongoLedger.open({ url: at, mode: 'write' }),
      await MongoLedger.open({ url: at, mode: 'write' }),
    ];
    for (let n = 0; n < 20; n++) {
      const outcomes = await Promise.allSettled(
        both.map((ledger, one) => ledger.put({ key: `lease/${n}`, value: one, expected: 0 })),
      );
      expect(outcomes.map((outcome) => outcome.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    }
    for (const ledger of both) await ledger.close();
  });

  test('unconditional puts of the same new record all stand, one after the other', async () => {
    const ledger = await MongoLedger.open({ url: freshDatabase(url), mode: 'write' });
    const versions = await Promise.all(Array.from({ length: 20 }, (_, value) => ledger.put({ key: 'a/1', value })));
    expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    await ledger.close();
  });

  test('many puts of the same key are done in their order', async () => {
    const ledger = await MongoLedger.open({ url: freshDatabase(url), mode: 'write' });
    const failed = await ledger.putMany([
      { key: 'a/1', value: 'one', expected: 0 },
      { key: 'a/1', value: 'two', expected: 1 },
      { key: 'b/1', value: 'b' },
      { key: 'a/1', value: 'again', expected: 1 },
    ]);
    expect(failed).toEqual(['a/1']);
    expect(await ledger.get('a/1')).toMatchObject({ value: 'two', version: 2 });
    await ledger.close();
  });
});

test('a ledger that can not be reached is refused in words, soon, and without its password', async () => {
  const opening = MongoLedger.open({
    url: 'mongodb://amends:secret@127.0.0.1:1/amends',
    mode: 'write',
    timeoutMs: 300,
  });
  await expect(opening).rejects.toMatchObject({
    name: 'LedgerUnavailable',
    message: expect.stringMatching(/^MongoDB at 127\.0\.0\.1:1 does not answer .* then try again\.$/s),
  });
  await expect(opening).rejects.not.toThrow('secret');
});

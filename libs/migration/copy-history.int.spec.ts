import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startDouble, type EventStoreDbDouble } from '../../test/eventstoredb-double/eventstoredb-double.js';
import { EventStoreDbEventStore } from '../event-store/eventstoredb/eventstoredb-event-store.js';
import { lendingEvent, lendingEvents, LENDING } from '../event-store/lending.testing.js';
import { SqliteEventStore } from '../event-store/sqlite/sqlite-event-store.js';
import { Sealer } from '../evidence/sealer.js';
import { signingKeyIn } from '../evidence/signing-key.js';
import { verifySeals } from '../evidence/verify-seals.js';
import { SqliteLedger } from '../ledger/sqlite/sqlite-ledger.js';
import { compareHistories, copyHistory, HistoriesDiffer } from './copy-history.js';

const now = () => '2031-05-05T09:00:00.000Z';

describe('a history that moves from SQLite to an EventStoreDB', () => {
  let folder: string;
  let sqlite: SqliteEventStore;
  let double: EventStoreDbDouble;
  let eventStoreDb: EventStoreDbEventStore;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'amends-migration-'));
    sqlite = SqliteEventStore.open({ folder, declarations: LENDING, mode: 'write' });
    double = await startDouble();
    eventStoreDb = EventStoreDbEventStore.open({ url: double.url, declarations: LENDING });
  });
  afterEach(async () => {
    await eventStoreDb.close();
    await double.stop();
    await sqlite.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Streams that take turns, long appends, and every part of an envelope. */
  const write = async (): Promise<number> => {
    const many = Array.from({ length: 1_200 }, (_, index) => `many/${index}`);
    await sqlite.append('loan-many', lendingEvents('loan-many', ...many), 0);
    for (let revision = 0; revision < 50; revision++) {
      for (const stream of ['loan-1', 'member-2']) {
        const imported = revision % 2 === 0 ? ({ imported: true } as const) : {};
        const event = lendingEvent(stream, `${stream}/${revision}`, {
          shard: revision,
          knownAt: '2031-05-06T09:00:00.123Z',
          recordedAt: '2031-06-01T00:00:00.000Z',
          correlationId: 'the conversation',
          ...imported,
        });
        await sqlite.append(stream, [event], revision);
      }
    }
    const large = lendingEvent('loan-large', 'large', { data: { name: 'large', text: 'x'.repeat(900_000) } });
    await sqlite.append('loan-large', [large], 0);
    return 1_200 + 100 + 1;
  };
  const copy = (signal?: AbortSignal, onProgress?: () => void) =>
    copyHistory({
      from: sqlite.asStored(),
      to: eventStoreDb.asStored(),
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
  const compared = () => compareHistories(sqlite.asStored(), eventStoreDb.asStored());

  test('is the same there, and its seals hold', async () => {
    const events = await write();
    const ledger = SqliteLedger.open({ path: join(folder, 'ledger.db'), mode: 'write' });
    const vault = SqliteLedger.open({ path: join(folder, 'vault.db'), mode: 'write', name: 'vault' });
    const key = await signingKeyIn(join(folder, 'seal.key'), ledger);
    const sealer = await Sealer.open({ history: sqlite.asStored(), ledger, vault, key, now });
    expect(await sealer.sealNow()).toBe(events);
    expect(await copy()).toEqual({ copied: events, alreadyThere: 0 });
    expect(await compared()).toBe(events);
    const verified = () => verifySeals(eventStoreDb.asStored().readAll(), { ledger, vault, publicKey: key.publicKey });
    expect(await verified()).toMatchObject({ intact: true, sealed: events, unsealed: 0 });
    // And the seals go on there.
    await eventStoreDb.append('loan-1', lendingEvents('loan-1', 'later'), 50);
    const goingOn = await Sealer.open({ history: eventStoreDb.asStored(), ledger, vault, key, now });
    expect(await goingOn.sealNow()).toBe(1);
    expect(await verified()).toMatchObject({ intact: true, sealed: events + 1, unsealed: 0 });
    await ledger.close();
    await vault.close();
  });

  test('cut off, it is taken up where it was', async () => {
    const events = await write();
    const cut = new AbortController();
    await expect(copy(cut.signal, () => cut.abort(new Error('cut off')))).rejects.toThrow('cut off');
    const { copied, alreadyThere } = await copy();
    expect(alreadyThere).toBeGreaterThan(0);
    expect(copied + alreadyThere).toBe(events);
    expect(await compared()).toBe(events);
    expect(await copy()).toEqual({ copied: 0, alreadyThere: events });
  });

  test('an empty one is copied too', async () => {
    expect(await copy()).toEqual({ copied: 0, alreadyThere: 0 });
    expect(await compared()).toBe(0);
  });

  test('is not mixed with another', async () => {
    await write();
    await eventStoreDb.append('loan-other', lendingEvents('loan-other', 'a'), 0);
    await expect(copy()).rejects.toThrow(HistoriesDiffer);
    await expect(copy()).rejects.toThrow(/which this history doesn't have. Name an empty store/);
  });

  test('a difference is named', async () => {
    await sqlite.append('loan-1', lendingEvents('loan-1', 'a', 'b'), 0);
    await eventStoreDb.append('loan-1', [lendingEvent('loan-1', 'a')], 0);
    await expect(compared()).rejects.toThrow(
      /After 1 equal events, one history has ToolLent .*, revision 2 of loan-1, the other nothing/,
    );
    await eventStoreDb.append('loan-1', [lendingEvent('loan-1', 'b', { shard: 8 })], 1);
    await expect(compared()).rejects.toThrow(HistoriesDiffer);
  });
});

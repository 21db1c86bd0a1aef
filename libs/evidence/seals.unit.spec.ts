import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Recorded } from '../event-sourcing/event.js';
import type { EventStore } from '../event-store/event-store.js';
import { appendOneByOne, LENDING, lendingEvents } from '../event-store/lending.testing.js';
import { SqliteEventStore } from '../event-store/sqlite/sqlite-event-store.js';
import type { Ledger, ListOptions } from '../ledger/ledger.js';
import { SqliteLedger } from '../ledger/sqlite/sqlite-ledger.js';
import { sealKey, type Seal } from './seal.js';
import { Sealer, SealsDisagree, withdrawSealsAfter } from './sealer.js';
import { signingKeyIn, SigningKeyRefused, type SigningKey } from './signing-key.js';
import { forgetAnchor, storeAnchor, readAnchor, parseAnchor, anchorText, type Anchor } from './anchor.js';
import { sealsReport, verifySeals } from './verify-seals.js';

let folder: string;
let store: SqliteEventStore;
let ledger: Ledger;
let vault: Ledger;
let key: SigningKey;
const now = () => '2031-05-05T09:00:00.000Z';
const openStore = () => SqliteEventStore.open({ folder, declarations: LENDING, mode: 'write' });
const openSealer = (history: EventStore = store.asStored()) => Sealer.open({ history, ledger, vault, key, now });
const verified = (anchor?: Anchor) =>
  verifySeals(store.asStored().readAll(), { ledger, vault, publicKey: key.publicKey, anchor });
const problems = async (anchor?: Anchor): Promise<readonly string[]> => {
  const result = await verified(anchor);
  return result.intact ? [] : result.problems;
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'amends-seals-'));
  store = openStore();
  ledger = SqliteLedger.open({ path: join(folder, 'ledger.db'), mode: 'write' });
  vault = SqliteLedger.open({ path: join(folder, 'vault.db'), mode: 'write', name: 'vault' });
  key = await signingKeyIn(join(folder, 'seal-key.pem'), ledger);
});
afterEach(async () => {
  await store.close();
  await ledger.close();
  await vault.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Changes the file behind the store's back, past every check of its own. */
const tamper = async (sql: string): Promise<void> => {
  await store.close();
  const db = new DatabaseSync(join(folder, 'history.db'));
  db.exec(sql);
  db.close();
  store = openStore();
};

describe('sealing', () => {
  test('history that was sealed is intact, and what came since is counted apart', async () => {
    await appendOneByOne(store, 'loan-7', 5);
    const sealer = await openSealer();
    expect(await sealer.sealNow()).toBe(5);
    expect(await sealer.sealNow()).toBe(0);
    await store.append('loan-8', lendingEvents('loan-8', 'a', 'b'), 0);
    expect(await verified()).toMatchObject({ intact: true, sealed: 5, unsealed: 2 });
  });
  test('a seal covers a thousand events at most', async () => {
    const names = Array.from({ length: 1_500 }, (_, n) => `${n}`);
    await store.append('loan-7', lendingEvents('loan-7', ...names.slice(0, 750)), 0);
    await store.append('loan-7', lendingEvents('loan-7', ...names.slice(750)), 750);
    await (await openSealer()).sealNow();
    const seals = await ledger.list<Seal>('seal/');
    expect(seals.map(({ key: id, value: { count } }) => [id, count])).toEqual([
      ['seal/0000000001', 1_000],
      ['seal/0000000002', 500],
    ]);
    expect(await verified()).toMatchObject({ intact: true, sealed: 1_500, unsealed: 0 });
  });
  test('history that grows and is sealed while it is verified is intact', async () => {
    await appendOneByOne(store, 'loan-7', 3);
    const sealer = await openSealer();
    await sealer.sealNow();
    async function* growing() {
      for await (const batch of store.asStored().readAll()) {
        await store.append('loan-8', lendingEvents('loan-8', 'a'), 0);
        await sealer.sealNow();
        yield batch;
      }
    }
    const found = await verifySeals(growing(), { ledger, vault, publicKey: key.publicKey });
    expect(found).toMatchObject({ intact: true, sealed: 3, unsealed: 0 });
  });
  test('goes on from the last seal after a stop', async () => {
    await appendOneByOne(store, 'loan-7', 3);
    await (await openSealer()).sealNow();
    await store.append('loan-8', lendingEvents('loan-8', 'a'), 0);
    expect(await (await openSealer()).sealNow()).toBe(1);
    expect(await verified()).toMatchObject({ intact: true, sealed: 4, unsealed: 0 });
  });
  test('a start reads the last seal alone, and after a crash those since the vault’s note', async () => {
    for (const stream of ['loan-7', 'loan-8', 'loan-9']) {
      await appendOneByOne(store, stream, 2);
      await (await openSealer()).sealNow();
    }
    const listed: number[] = [];
    const list = ledger.list.bind(ledger);
    ledger.list = async <T>(prefix: string, options?: ListOptions) => {
      const records = await list<T>(prefix, options);
      listed.push(records.length);
      return records;
    };
    await openSealer();
    expect(listed.splice(0)).toEqual([1]);
    const [first] = await list<Seal>('seal/', { limit: 1 });
    await storeAnchor(vault, { events: 2, chain: first?.value.chain ?? '' });
    await openSealer();
    expect(listed).toEqual([1, 3]);
  });
  test('goes on until the signal, and seals what is left then', async () => {
    const stop = new AbortController();
    const running = (await openSealer()).run(3_600_000, stop.signal);
    await appendOneByOne(store, 'loan-7', 3);
    stop.abort();
    await running;
    expect(await verified()).toMatchObject({ intact: true, sealed: 3, unsealed: 0 });
  });
  test('two that seal at the same time make one chain, whoever was first', async () => {
    await appendOneByOne(store, 'loan-7', 3);
    const [one, other] = [await openSealer(), await openSealer()];
    expect(await one.sealNow()).toBe(3);
    await store.append('loan-8', lendingEvents('loan-8', 'a', 'b'), 0);
    expect(await other.sealNow()).toBe(2);
    await store.append('loan-9', lendingEvents('loan-9', 'a'), 0);
    const sealed = await Promise.all([one.sealNow(), other.sealNow()]);
    expect(sealed.toSorted()).toEqual([0, 1]);
    expect(await verified()).toMatchObject({ intact: true, sealed: 6, unsealed: 0 });
  });
  test('an event in an old shape is sealed as it is stored, so a later version of the program finds it intact', async () => {
    await appendOneByOne(store, 'loan-7', 2);
    await (await openSealer()).sealNow();
    await store.close();
    store = SqliteEventStore.open({
      folder,
      declarations: { ToolLent: { schemaVersion: 2, upcasts: { 1: (data) => ({ ...data, days: 5 }) } } },
      mode: 'write',
    });
    expect((await store.readStream('loan-7')).events[0]).toMatchObject({ schemaVersion: 2, data: { days: 5 } });
    expect(await verified()).toMatchObject({ intact: true });
  });
  test('nothing is sealed on top of a history that no longer fits its last seal', async () => {
    await appendOneByOne(store, 'loan-7', 3);
    await (await openSealer()).sealNow();
    await store.append('loan-8', lendingEvents('loan-8', 'x'), 0);
    await tamper(`UPDATE events SET data = '{}' WHERE position = 3`);
    await expect(openSealer()).rejects.toThrow(SealsDisagree);
    await expect(openSealer()).rejects.toThrow(
      'The last sealed event (revision 3 of loan-7) is missing or was changed.',
    );
  });
});

describe('what was done to sealed events is named', () => {
  beforeEach(async () => {
    for (let tool = 1; tool <= 4; tool++) {
      const stream = `loan-${tool}`;
      await store.append(stream, lendingEvents(stream, `${stream}/0`, `${stream}/1`, `${stream}/2`), 0);
    }
    await (await openSealer()).sealNow();
    await store.append('loan-9', lendingEvents('loan-9', 'unsealed'), 0); // so that the head is past what is tampered with
  });
  const at = (position: number) => position.toString().padStart(16, '0');
  const fifth = `ToolLent, revision 2 of loan-2, at position ${at(5)}`;

  test.each([
    ['id', `id = 'another'`],
    ['schema version', 'schema_version = 2'],
    ['shard', 'shard = 8'],
    ['imported', 'imported = 1'],
    ['occurredAt', `occurred_at = '2031-05-05T09:00:00.001Z'`],
    ['knownAt', `known_at = '2031-05-05T09:00:00.001Z'`],
    ['recordedAt', `recorded_at = '2031-05-05T09:00:00.001Z'`],
    ['command id', `command_id = 'another'`],
    ['correlation id', `correlation_id = 'another'`],
    ['causation id', `causation_id = 'another'`],
    ['data', `data = replace(data, 'loan-2/1', 'loan-2/7')`],
  ])('a changed %s', async (_, change) => {
    await tamper(`UPDATE events SET ${change} WHERE position = 5`);
    expect(await verified()).toEqual({ intact: false, problems: [`Changed since it was sealed: ${fifth}.`] });
  });
  test.each([
    ['type', 'type', 'MemberJoined', `MemberJoined, revision 2 of loan-2, at position ${at(5)}`],
    ['programme', 'programme', 'another', undefined],
  ])('a changed %s', async (_, column, name, now) => {
    await tamper(`INSERT INTO names (name) VALUES ('${name}');
      UPDATE events SET ${column} = (SELECT id FROM names WHERE name = '${name}') WHERE position = 5`);
    const rest = now === undefined ? '' : `, which now reads ${now}`;
    expect(await verified()).toEqual({ intact: false, problems: [`Changed since it was sealed: ${fifth}${rest}.`] });
  });
  test('a changed actor', async () => {
    await tamper(
      `INSERT INTO actors (name, role) VALUES ('ben', 'agent'); UPDATE events SET actor = 2 WHERE position = 5`,
    );
    expect(await verified()).toEqual({ intact: false, problems: [`Changed since it was sealed: ${fifth}.`] });
  });
  test('a changed stream', async () => {
    await tamper(`INSERT INTO streams (name) VALUES ('loan-x');
      UPDATE events SET stream = (SELECT id FROM streams WHERE name = 'loan-x') WHERE position = 5`);
    const problem = `Changed since it was sealed: ${fifth}, which now reads ToolLent, revision 2 of loan-x, at position ${at(5)}.`;
    expect(await verified()).toEqual({ intact: false, problems: [problem] });
  });
  test('a changed revision', async () => {
    await tamper('UPDATE events SET revision = 77 WHERE position = 5');
    const problem = `Changed since it was sealed: ${fifth}, which now reads ToolLent, revision 77 of loan-2, at position ${at(5)}.`;
    expect(await verified()).toEqual({ intact: false, problems: [problem] });
  });
  test('a renamed stream, in each of its events', async () => {
    await tamper(`UPDATE streams SET name = 'loan-x' WHERE name = 'loan-2'`);
    const found = await problems();
    expect(found).toHaveLength(3);
    expect(found[1]).toContain(fifth);
  });
  test('data that is no JSON any more', async () => {
    await tamper(`UPDATE events SET data = '{"name"' WHERE position = 5`);
    const result = await verified();
    expect(result).toMatchObject({ intact: false, problems: [expect.stringContaining(`at position ${at(5)}`)] });
  });
  test('a removed event', async () => {
    await tamper('DELETE FROM events WHERE position = 5');
    expect(await verified()).toEqual({ intact: false, problems: [`Removed since it was sealed: ${fifth}.`] });
  });
  test('the removed last ones of those that were sealed', async () => {
    await tamper(`DELETE FROM events WHERE position IN (11, 12)`);
    const found = await problems();
    expect(found).toEqual([
      `Removed since it was sealed: ToolLent, revision 2 of loan-4, at position ${at(11)}.`,
      `Removed since it was sealed: ToolLent, revision 3 of loan-4, at position ${at(12)}.`,
    ]);
  });
  test('an inserted event', async () => {
    const inserted = { ...lendingEvents('loan-x', 'forged')[0], revision: 1, position: `${at(5)}b` } as Recorded;
    async function* history() {
      for await (const { events, position } of store.asStored().readAll()) {
        yield { events: events.flatMap((event) => (event.position === at(5) ? [event, inserted] : [event])), position };
      }
    }
    expect(await verifySeals(history(), { ledger, vault, publicKey: key.publicKey })).toEqual({
      intact: false,
      problems: [`Inserted among sealed events: ToolLent, revision 1 of loan-x, at position ${at(5)}b.`],
    });
  });
  test('two events in each other’s place', async () => {
    await tamper(`UPDATE events SET position = 100 WHERE position = 5;
      UPDATE events SET position = 5 WHERE position = 6; UPDATE events SET position = 6 WHERE position = 100`);
    const found = await problems();
    expect(found.join()).toContain('revision 2 of loan-2');
  });
});

describe('what was done to the seals is named', () => {
  beforeEach(async () => {
    const sealer = await openSealer();
    for (let tool = 1; tool <= 3; tool++) {
      await appendOneByOne(store, `loan-${tool}`, 2);
      await sealer.sealNow();
    }
  });
  test('a missing seal', async () => {
    await ledger.remove(sealKey(2));
    expect(await problems()).toEqual([`Seal 2 is missing. Amends can't check the events from there on.`]);
  });
  test('a changed seal', async () => {
    const seal = await ledger.get<Seal>(sealKey(2));
    await ledger.put({ key: sealKey(2), value: { ...seal?.value, count: 1 } });
    expect(await problems()).toEqual([expect.stringMatching(/^Seal 2 was changed, or made with another key/)]);
  });
  test('a seal made with another key', async () => {
    const other = await signingKeyIn(join(folder, 'other.pem'), SqliteLedger.open({ path: ':memory:', mode: 'write' }));
    const result = await verifySeals(store.asStored().readAll(), { ledger, vault, publicKey: other.publicKey });
    expect(result).toMatchObject({ intact: false, problems: [expect.stringMatching(/^Seal 1 was changed/)] });
  });
});

describe('seals that are gone are missed', () => {
  const ANCHOR = "the vault's anchor counts";

  beforeEach(async () => {
    const sealer = await openSealer();
    for (let tool = 1; tool <= 3; tool++) {
      await appendOneByOne(store, `loan-${tool}`, 2);
      await sealer.sealNow();
    }
  });
  const remove = async (...seals: readonly number[]) => {
    for (const number of seals) await ledger.remove(sealKey(number));
  };

  test('all of them, by the note in the vault', async () => {
    await remove(1, 2, 3);
    expect(await problems()).toEqual([`Seals are missing: ${ANCHOR} 6 sealed events, and the seals cover 0.`]);
  });
  test('the last of them', async () => {
    await remove(3);
    expect(await problems()).toEqual([`Seals are missing: ${ANCHOR} 6 sealed events, and the seals cover 4.`]);
  });
  test('and nothing is sealed anew in their place', async () => {
    await remove(1, 2, 3);
    await expect(openSealer()).rejects.toThrow(`Seals are missing: ${ANCHOR} 6 sealed events. The sealer stopped.`);
    await expect(openSealer()).rejects.toThrow(SealsDisagree);
  });
  test('also where a crash came between a seal and its note', async () => {
    const noted = await readAnchor(vault);
    await appendOneByOne(store, 'loan-4', 2);
    await (await openSealer()).sealNow();
    if (noted) await storeAnchor(vault, noted);
    expect(await readAnchor(vault)).toMatchObject({ events: 6 });
    await appendOneByOne(store, 'loan-5', 1);
    await (await openSealer()).sealNow();
    expect(await readAnchor(vault)).toMatchObject({ events: 9 });
    await remove(5);
    expect(await problems()).toEqual([`Seals are missing: ${ANCHOR} 9 sealed events, and the seals cover 8.`]);
  });

  describe('with the note, by an anchor that was kept elsewhere', () => {
    let anchor: Anchor;
    beforeEach(async () => {
      const result = await verified();
      if (!result.intact) throw new Error(result.problems.join());
      const kept = anchorText(result.anchor);
      anchor = parseAnchor(kept) ?? result.anchor;
      expect(anchorText(anchor)).toBe(kept);
      await remove(1, 2, 3);
      await forgetAnchor(vault);
    });

    test('nothing here says that there were any, and that is said', async () => {
      expect(sealsReport(await verified())).toEqual({
        seals: 'none',
        anchor: null,
        problems: [expect.stringContaining('No seal covers any of the 6 events')],
      });
    });
    test('they are missed', async () => {
      expect(await problems(anchor)).toEqual([
        'Seals are missing: the given anchor counts 6 sealed events, and the seals cover 0.',
      ]);
    });
    test('so is what was changed before all was sealed anew', async () => {
      await tamper(`UPDATE events SET data = '{}' WHERE position = 2`);
      await (await openSealer()).sealNow();
      expect(await verified()).toMatchObject({ intact: true });
      expect(await problems(anchor)).toEqual(['The first 6 events are not those of the given anchor.']);
    });
    test('a history that was left alone and sealed anew is the same', async () => {
      await appendOneByOne(store, 'loan-9', 1);
      await (await openSealer()).sealNow();
      expect(await verified(anchor)).toMatchObject({ intact: true, sealed: 7 });
    });
    test('events that are gone with them are counted', async () => {
      async function* shorter() {
        for await (const { events, position } of store.asStored().readAll())
          yield { events: events.slice(0, 4), position };
      }
      const found = await verifySeals(shorter(), { ledger, vault, publicKey: key.publicKey, anchor });
      expect(found).toMatchObject({
        problems: expect.arrayContaining([
          'Events are missing: the given anchor counts 6 sealed events, and history has 4.',
        ]),
      });
    });
  });

  test.each(['', '6', '6:abc', `x:${'0'.repeat(64)}`, `6:${'g'.repeat(64)}`])('"%s" is no anchor', (text) => {
    expect(parseAnchor(text)).toBeUndefined();
  });
});

test('an empty history has nothing to seal, and that is in order', async () => {
  expect(sealsReport(await verified())).toEqual({ seals: 'intact', anchor: null });
});

test('seals past the end of a restored history are set aside, and sealing goes on from there', async () => {
  await appendOneByOne(store, 'loan-1', 2);
  const sealer = await openSealer();
  await sealer.sealNow();
  const { position } = (await store.readStream('loan-1', { after: 1 })).events[0] ?? { position: '' };
  await appendOneByOne(store, 'loan-2', 2);
  await sealer.sealNow();
  expect(await withdrawSealsAfter({ ledger, vault }, position)).toBe(1);
  expect(await ledger.list('withdrawn-seal/')).toHaveLength(1);
  expect(await verified()).toMatchObject({ intact: true, sealed: 2, unsealed: 2 });
  await (await openSealer()).sealNow();
  expect(await verified()).toMatchObject({ intact: true, sealed: 4, unsealed: 0 });
});

describe('the signing key', () => {
  test('is made at first use, for its owner’s eyes only, and is the same ever after', async () => {
    const path = join(folder, 'seal-key.pem');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const again = await signingKeyIn(path, ledger);
    expect(again.publicKey.equals(key.publicKey)).toBe(true);
  });
  test('is the same for all that start at the same time, and is the one in the file', async () => {
    const path = join(folder, 'first-start.pem');
    const made = await Promise.all([signingKeyIn(path, ledger), signingKeyIn(path, ledger)]);
    for (const { publicKey } of [...made, await signingKeyIn(path, ledger)])
      expect(publicKey.equals(made[0].publicKey)).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith('first-start'))).toEqual(['first-start.pem']);
  });
  test('that another process made and sealed with meanwhile is read', async () => {
    await appendOneByOne(store, 'loan-1', 1);
    const path = join(folder, 'first-start.pem');
    const list: typeof ledger.list = async (...asked) => {
      await (await openSealer()).sealNow();
      copyFileSync(join(folder, 'seal-key.pem'), path);
      return ledger.list(...asked);
    };
    expect((await signingKeyIn(path, { ...ledger, list })).publicKey.equals(key.publicKey)).toBe(true);
  });
  test('that is gone beside seals is not made anew', async () => {
    await appendOneByOne(store, 'loan-1', 1);
    await (await openSealer()).sealNow();
    rmSync(join(folder, 'seal-key.pem'));
    await expect(signingKeyIn(join(folder, 'seal-key.pem'), ledger)).rejects.toThrow(
      /is missing, but there are seals made with it. Put it back/,
    );
  });
  test('that others may read is refused', async () => {
    chmodSync(join(folder, 'seal-key.pem'), 0o644);
    await expect(signingKeyIn(join(folder, 'seal-key.pem'), ledger)).rejects.toThrow(/Run chmod 600 on it/);
  });
  test('that is no key is refused', async () => {
    writeFileSync(join(folder, 'other.pem'), 'hello', { mode: 0o600 });
    await expect(signingKeyIn(join(folder, 'other.pem'), ledger)).rejects.toThrow(SigningKeyRefused);
  });
});

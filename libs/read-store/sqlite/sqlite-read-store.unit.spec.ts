import { afterEach, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readStoreContract } from '../read-store.contract.js';
import { ReadStoreBusy, ReadStoreDamaged, ReadStoreFormatRefused, ReadStoreUnavailable } from '../read-store.js';
import { at, batch, idsOf, serve, SHAPES, STAMP } from '../read-store.testing.js';
import { removeReadStore } from './build-files.js';
import { SqliteReadStore, type SqliteReadStoreOptions } from './sqlite-read-store.js';

describe('the read store in SQLite', () => {
  readStoreContract(async () => SqliteReadStore.open({ path: ':memory:', mode: 'write' }));
});

describe('the read store in a file', () => {
  const opened: SqliteReadStore[] = [];
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  const freshPath = (): string => join(mkdtempSync(join(tmpdir(), 'amends-read-store-')), 'read.db');
  const beside = (path: string, name: string): string => join(dirname(path), name);
  /** The files of builds, and where the link of analysts leads. */
  const buildsAt = (path: string): string[] =>
    readdirSync(dirname(path))
      .filter((name) => /^read-.*\.db$/.test(name))
      .map((name) => (name === 'read-live.db' ? `live: ${readlinkSync(beside(path, name))}` : name))
      .toSorted();
  const open = (path: string, options: Partial<SqliteReadStoreOptions> = {}): SqliteReadStore => {
    const store = SqliteReadStore.open({ path, mode: 'write', ...options });
    opened.push(store);
    return store;
  };

  /** Its own connection to a build, to take room or patience from it. */
  const databaseOf = (store: SqliteReadStore, generation: number): DatabaseSync => {
    const { builds } = store as unknown as { builds: { of(id: number): { connection: { database: DatabaseSync } } } };
    return builds.of(generation).connection.database;
  };

  test('what was flushed is there after it is opened again', async () => {
    const path = freshPath();
    const store = open(path);
    const generation = await serve(store, { a: { team: 'red' } });
    await store.close();
    const again = open(path);
    expect((await again.get('queues', 'a'))?.document).toEqual({ team: 'red' });
    expect(await again.checkpoints(generation)).toEqual(new Map([[7, at(1)]]));
  });

  test('a second process that writes is refused in words; readers are many', async () => {
    const path = freshPath();
    const store = open(path);
    await serve(store, { a: { team: 'red' } });
    expect(() => open(path)).toThrow(ReadStoreBusy);
    expect(() => open(path)).toThrow('being written by another process');
    const reader = open(path, { mode: 'read' });
    expect((await reader.get('queues', 'a'))?.document).toEqual({ team: 'red' });
    await expect(reader.begin(SHAPES, STAMP)).rejects.toThrow('opened for reading');
    await store.close();
    open(path);
  });

  test('a worker of the owner writes a build while the owner serves and switches', async () => {
    const path = freshPath();
    const owner = open(path);
    const first = await serve(owner, { a: { team: 'red' } });
    const worker = open(path, { lock: false });
    const { id } = await worker.begin(SHAPES, STAMP);
    await worker.flush(id, batch(1, { a: { team: 'blue' } }));
    await owner.flush(first, batch(2, { a: { team: 'green' } }));
    await worker.ready(id);
    expect((await owner.get('queues', 'a'))?.document).toEqual({ team: 'green' });
    await owner.switchTo(id, first);
    expect((await worker.get('queues', 'a'))?.document).toEqual({ team: 'blue' });
  });

  test('analysts find the live read models under stable names', async () => {
    const path = freshPath();
    const store = open(path);
    const first = await serve(store, { a: { team: 'red', open: true, priority: 2, note: 'x' } });
    const ask = (file: string, sql: string): unknown[] => {
      const analyst = new DatabaseSync(beside(path, file), { readOnly: true });
      try {
        return analyst
          .prepare(sql)
          .all()
          .map((row) => ({ ...row }));
      } finally {
        analyst.close();
      }
    };
    const inQueues = 'SELECT id, team, open, priority, document FROM queues';
    expect(ask('read-live.db', inQueues)).toEqual([
      { id: 'a', team: 'red', open: 1, priority: 2, document: '{"note":"x","team":"red","priority":2,"open":true}' },
    ]);
    const analyst = new DatabaseSync(beside(path, 'read-live.db'), { readOnly: true });
    expect(analyst.prepare('SELECT id FROM queues').get()).toMatchObject({ id: 'a' });
    const second = await serve(store, { b: { team: 'blue' } });
    expect(ask('read-live.db', inQueues)).toMatchObject([{ id: 'b' }]);
    expect(ask('read-live.db', 'SELECT cause FROM root_causes')).toEqual([]);
    expect(ask('read.db', 'SELECT id, status FROM amends_generations')).toEqual([
      { id: first, status: 'retired' },
      { id: second, status: 'live' },
    ]);
    expect(() => ask('read-live.db', 'SELECT * FROM queues_facts')).toThrow('no such table');
    await store.release(first);
    expect(analyst.prepare('SELECT id FROM queues').get()).toMatchObject({ id: 'a' });
    analyst.close();
  });

  test('a sort by declared fields is answered from an index, at any page', async () => {
    const path = freshPath();
    const store = open(path);
    await serve(
      store,
      Object.fromEntries(
        Array.from({ length: 500 }, (_, n) => [
          `${n}`,
          {
            team: `t${n % 5}`,
            owner: `o${n % 50}`,
            priority: n % 4,
            dueAt: `2031-05-05T09:00:00.${String(n % 100).padStart(3, '0')}Z`,
          },
        ]),
      ),
    );
    const database = new DatabaseSync(beside(path, 'read-live.db'), { readOnly: true });
    const plan = (where: string, order: string): string =>
      database
        .prepare(`EXPLAIN QUERY PLAN SELECT id, rest FROM amends_of_queues WHERE ${where} ORDER BY ${order} LIMIT 51`)
        .all()
        .map((row) => String(row['detail']))
        .join('; ');
    for (const direction of ['asc', 'desc']) {
      const order = `f_dueAt ${direction}, id ${direction}`;
      for (const where of ['TRUE', `f_team = 't1'`, `f_owner = 'o1'`, 'f_priority = 1']) {
        expect(plan(where, order)).toContain('USING INDEX');
        expect(plan(where, order)).not.toContain('TEMP B-TREE');
        expect(plan(`${where} AND f_dueAt > 'x'`, order)).not.toContain('TEMP B-TREE');
        expect(plan(`${where} AND f_dueAt IS ? AND id > ?`, order)).not.toContain('TEMP B-TREE');
      }
    }
    database.close();
  });

  test.each([
    'read-store: build made, before it is registered',
    'read-store: documents written',
    'read-store: checkpoints written',
    'read-store: old generation retired',
    'read-store: new generation live',
    'read-store: switched, before the link',
    'read-store: index made',
    'read-store: half released',
  ])('a process that ends at "%s" leaves all or nothing', async (where) => {
    const path = freshPath();
    const stopped = new Error('The process ends here.');
    let armed = false;
    const store = open(path, {
      crashPoint: (name) => {
        if (armed && name === where) throw stopped;
      },
    });
    const first = await serve(store, { a: { team: 'red' } });
    const steps = async (on: SqliteReadStore, expected: number): Promise<void> => {
      await on.flush(first, batch(2, { a: { team: 'green' }, b: {} }));
      const next = (await on.generations()).find(({ id }) => id > first) ?? (await on.begin(SHAPES, STAMP));
      await on.flush(next.id, batch(2, { a: { team: 'blue' } }));
      await on.ready(next.id);
      await on.switchTo(next.id, expected);
      await on.release(first);
    };
    armed = true;
    await expect(steps(store, first)).rejects.toThrow(stopped);
    await store.close();
    const again = open(path);
    const live = await again.live();
    const builds = await again.generations();
    expect(builds.filter(({ status }) => status === 'live')).toHaveLength(1);
    expect(buildsAt(path)).toEqual(
      [...builds.map(({ id }) => `read-${id}.db`), `live: read-${live?.id}.db`].toSorted(),
    );
    const released = !builds.some(({ id }) => id === first);
    if (!released) {
      const stored = await again.get('queues', 'a', first);
      expect(stored?.position).toBe((await again.checkpoints(first)).get(7));
    }
    if (live?.id === first) await steps(again, first);
    else if (!released) await again.release(first);
    expect((await again.get('queues', 'a'))?.document).toEqual({ team: 'blue' });
    expect(idsOf((await again.find('queues', {})).documents)).toEqual(['a']);
    expect(buildsAt(path)).toHaveLength(2);
  });

  test('a build whose file is gone or was never registered is forgotten when the store is opened again', async () => {
    const path = freshPath();
    const store = open(path);
    const first = await serve(store, { a: { team: 'red' } });
    const second = await serve(store, { a: { team: 'blue' } });
    await store.close();
    rmSync(beside(path, `read-${first}.db`));
    writeFileSync(beside(path, 'read-77.db'), 'half a file');
    writeFileSync(beside(path, 'read-77.db-wal'), '');
    const again = open(path);
    expect((await again.generations()).map(({ id, status }) => [id, status])).toEqual([[second, 'live']]);
    expect(buildsAt(path)).toEqual([`live: read-${second}.db`, `read-${second}.db`]);
    expect(readdirSync(dirname(path)).filter((name) => name.includes('77'))).toEqual([]);
    expect((await again.get('queues', 'a'))?.document).toEqual({ team: 'blue' });
  });

  test('what was not ready when the machine went down is begun anew, and what was ready stays', async () => {
    const path = freshPath();
    const store = open(path);
    const live = await serve(store, { a: { team: 'red' } });
    const { id: ready } = await store.begin(SHAPES, STAMP);
    await store.ready(ready);
    const { id: half } = await store.begin(SHAPES, STAMP);
    await store.close();
    const resumed = open(path);
    expect((await resumed.generations()).map(({ id }) => id)).toEqual([live, ready, half]);
    await resumed.close();
    const register = new DatabaseSync(path);
    register.exec(`UPDATE amends_generations SET begun_on = 'the start before this one'`);
    register.close();
    expect((await open(path).generations()).map(({ id }) => id)).toEqual([live, ready]);
    expect(buildsAt(path)).not.toContain(`read-${half}.db`);
  });

  test('who reads a build that is served does not keep its writer waiting', async () => {
    const path = freshPath();
    const store = open(path);
    const live = await serve(store, { a: { team: 'red' } });
    const analyst = new DatabaseSync(beside(path, 'read-live.db'), { readOnly: true });
    analyst.exec('BEGIN');
    const team = (): unknown => analyst.prepare('SELECT team FROM queues').get()?.['team'];
    expect(team()).toBe('red');
    await store.flush(live, batch(2, { a: { team: 'green' } }));
    expect(team()).toBe('red');
    analyst.close();
    expect((await store.get('queues', 'a'))?.document).toEqual({ team: 'green' });
  });

  test('what one of two builders left of a build that never was goes when the other begins its own', async () => {
    const path = freshPath();
    const owner = open(path);
    await serve(owner, { a: { team: 'red' } });
    const stopped = new Error('The builder ends here.');
    const builder = open(path, {
      lock: false,
      crashPoint: (name) => {
        if (name === 'read-store: build made, before it is registered') throw stopped;
      },
    });
    await expect(builder.begin(SHAPES, STAMP)).rejects.toThrow(stopped);
    const { id } = await owner.begin(SHAPES, STAMP);
    await owner.flush(id, batch(1, { a: { team: 'blue' } }));
    expect((await owner.get('queues', 'a', id))?.document).toEqual({ team: 'blue' });
    expect(buildsAt(path)).toHaveLength(3);
  });

  test('a reader goes on through a switch and a release that another process makes', async () => {
    const path = freshPath();
    const owner = open(path);
    const first = await serve(owner, { a: { team: 'red' } });
    const reader = open(path, { mode: 'read' });
    expect((await reader.get('queues', 'a'))?.document).toEqual({ team: 'red' });
    const second = await serve(owner, { a: { team: 'blue' } });
    await owner.release(first);
    expect((await reader.get('queues', 'a'))?.document).toEqual({ team: 'blue' });
    await expect(reader.get('queues', 'a', first)).rejects.toThrow(`There is no generation ${first}`);
    await serve(owner, { a: { team: 'green' } });
    await owner.release(second);
    expect((await reader.find('queues', {})).documents).toEqual([{ id: 'a', team: 'green' }]);
  });

  test('who writes one build does not wait for who writes another', async () => {
    const path = freshPath();
    const owner = open(path);
    const live = await serve(owner, { a: { team: 'red' } });
    const { id } = await owner.begin(SHAPES, STAMP);
    const builder = new DatabaseSync(beside(path, `read-${id}.db`));
    builder.exec('BEGIN IMMEDIATE; DELETE FROM amends_checkpoints');
    await owner.flush(live, batch(2, { a: { team: 'green' } }));
    builder.exec('ROLLBACK');
    builder.close();
    expect((await owner.get('queues', 'a'))?.document).toEqual({ team: 'green' });
  });

  test('on a full disk it says that it can not work now, serves on, and works again once there is room', async () => {
    const store = open(freshPath());
    const live = await serve(store, { a: { team: 'red' } });
    const database = databaseOf(store, live);
    database.exec('PRAGMA max_page_count = 1');
    const long = batch(2, { a: { team: 'x'.repeat(1_000_000) } });
    await expect(store.flush(live, long)).rejects.toThrow(ReadStoreUnavailable);
    await expect(store.flush(live, long)).rejects.toThrow('is full. Nothing of this write was kept. Make room');
    expect((await store.get('queues', 'a'))?.document).toEqual({ team: 'red' });
    database.exec('PRAGMA max_page_count = 1000000');
    await store.flush(live, batch(2, { a: { team: 'blue' } }));
    expect((await store.get('queues', 'a'))?.document).toEqual({ team: 'blue' });
  });

  test('one that another program keeps locked says that it can not work now', async () => {
    const path = freshPath();
    const store = open(path);
    const live = await serve(store, { a: { team: 'red' } });
    databaseOf(store, live).exec('PRAGMA busy_timeout = 0');
    const other = new DatabaseSync(beside(path, `read-${live}.db`));
    other.exec('BEGIN IMMEDIATE');
    await expect(store.flush(live, batch(2, { a: { team: 'blue' } }))).rejects.toThrow(ReadStoreUnavailable);
    other.close();
    await store.flush(live, batch(2, { a: { team: 'blue' } }));
    expect((await store.get('queues', 'a'))?.document).toEqual({ team: 'blue' });
  });

  test('one that can not be opened says so', () => {
    expect(() => open(join(freshPath(), 'nowhere', 'read.db'))).toThrow(ReadStoreUnavailable);
  });

  test('a read store that is removed leaves no file, and is made anew', async () => {
    const path = freshPath();
    const store = open(path);
    await serve(store, { a: { team: 'red' } });
    await store.begin(SHAPES, STAMP);
    await store.close();
    removeReadStore(path);
    expect(readdirSync(dirname(path))).toEqual(['read.db.lock']);
    expect(await open(path).generations()).toEqual([]);
  });

  test('a file that is no database, or of another format, is refused in words', () => {
    const path = freshPath();
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => open(path)).toThrow(
      `${path} has read store format 99; this version of Amends reads format 3. Move the file away, then start the app or import again: Amends rebuilds it from history.`,
    );
    expect(() => open(path)).toThrow(ReadStoreFormatRefused);
    expect(() => open(`${path}-nowhere`, { mode: 'read' })).toThrow(
      `The register of the read models is missing. Its place is ${path}-nowhere`,
    );
  });

  test('one of an older format is dropped, so that it is made anew from history', async () => {
    const path = freshPath();
    const store = open(path);
    await serve(store, { a: { team: 'red' } });
    await store.close();
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 2');
    database.close();
    expect(() => open(path, { mode: 'read' })).toThrow(ReadStoreFormatRefused);
    expect(await open(path).generations()).toEqual([]);
    expect(buildsAt(path)).toEqual([]);
  });

  test('any SQLite tool can open it', async () => {
    const path = freshPath();
    await serve(open(path), { a: { team: 'red' } });
    const script = `const { DatabaseSync } = require('node:sqlite');
      console.log(new DatabaseSync(process.argv[1], { readOnly: true }).prepare('SELECT team FROM queues').get().team)`;
    expect(
      execFileSync(process.execPath, ['--no-warnings', '-e', script, beside(path, 'read-live.db')], {
        encoding: 'utf8',
      }),
    ).toBe('red\n');
  });
});

const allOf = async <T>(batches: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
};

describe('a damaged file of the read store', () => {
  const opened: SqliteReadStore[] = [];
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });
  const open = (path: string, mode: 'write' | 'read' = 'read'): SqliteReadStore => {
    const store = SqliteReadStore.open({ path, mode });
    opened.push(store);
    return store;
  };
  const DOCUMENTS = {
    a: { team: 'red', note: 'x'.repeat(30_000) },
    b: { team: 'red', tags: ['one', 'two'], open: true, amount: 2, priority: 1, note: 'lone \ud800 and \u0000' },
    c: { team: 'blue \ud800' },
  };

  /** The paths of the register and of the live build, after a change of the build or of the register. */
  async function spoilt(sql: string, file: 'build' | 'register' = 'build'): Promise<{ path: string; build: string }> {
    const path = join(mkdtempSync(join(tmpdir(), 'amends-damaged-reads-')), 'read.db');
    const store = SqliteReadStore.open({ path, mode: 'write' });
    const id = await serve(store, DOCUMENTS);
    await store.close();
    const build = join(dirname(path), `read-${id}.db`);
    const database = new DatabaseSync(file === 'build' ? build : path);
    database.exec(sql);
    database.close();
    return { path, build };
  }

  test('a document that is no longer JSON is named, however it is read, and others are served', async () => {
    const { path, build } = await spoilt(`UPDATE amends_of_queues SET rest = substr(rest, 2) WHERE id = 'a'`);
    const store = open(path);
    const words = 'Document a of read model queues is damaged: it is no longer JSON.';
    for (const read of [
      store.get('queues', 'a'),
      store.find('queues', { filter: { team: 'red' } }),
      store.load(1, 'queues', ['a', 'b']),
      allOf(store.scan('queues')),
    ]) {
      const refused = expect(read).rejects;
      await refused.toThrow(ReadStoreDamaged);
      await refused.toMatchObject({
        finding: words,
        message: `${words} Its place is ${build}. A rebuild mends it: amends rebuild.`,
      });
    }
    expect((await store.get('queues', 'b'))?.document['team']).toBe('red');
    expect(await store.group('queues', { by: ['team'] })).toHaveLength(2);
    expect((await store.damages(1, 10)).map(({ finding }) => finding)).toEqual([words]);
  });

  test('a whole one has no finding, whatever its text, and is what was flushed', async () => {
    const { path } = await spoilt('SELECT 1');
    const store = open(path);
    expect(await store.damages(1, 10)).toEqual([]);
    for (const [id, document] of Object.entries(DOCUMENTS))
      expect((await store.get('queues', id))?.document).toEqual(document);
  });

  test.each([
    ['f_open = 7', 'open, declared as boolean, holds something else.'],
    [`f_tags = '{"a":1}'`, 'tags, declared as strings, holds something else.'],
    [`f_tags = '["a'`, 'it is no longer JSON.'],
  ])('a column that says what its field can not hold is found: %s', async (set, words) => {
    const { path } = await spoilt(`UPDATE amends_of_queues SET ${set} WHERE id = 'b'`);
    expect((await open(path).damages(1, 10)).map(({ finding }) => finding)).toEqual([
      `Document b of read model queues is damaged: ${words}`,
    ]);
  });

  test('pages that SQLite can not read are said to be damaged, by the read model', async () => {
    const { path, build } = await spoilt('SELECT 1');
    const bytes = readFileSync(build);
    const page = 8_192;
    // Text of the long document lies on pages of its own; the pages before it hold the trees.
    for (let at = page; at < bytes.length; at += page) if (bytes[at] === 10 || bytes[at] === 13) bytes[at] = 0x77;
    writeFileSync(build, bytes);
    const store = open(path);
    await expect(store.find('queues', {})).rejects.toThrow(ReadStoreDamaged);
    await expect(store.find('queues', {})).rejects.toThrow(
      'Read model queues is damaged: SQLite says "database disk image is malformed"',
    );
    expect((await store.damages(1, 5)).length).toBeGreaterThan(0);
  });

  test.each<[string, RegExp, (path: string, build: string) => void]>([
    ['register that is text', /^The register of the read models is damaged: SQLite says/, (path) => fill(path)],
    ['register that is empty', /^The register of the read models is damaged: its file is empty/, (path) => empty(path)],
    ['register that is missing', /^The register of the read models is missing/, (path) => rmSync(path)],
    ['build that is text', /^Build 1 of the read models is damaged: SQLite says/, (_, build) => fill(build)],
    ['build that is empty', /^Build 1 of the read models is damaged: its file is empty/, (_, build) => empty(build)],
    ['build that is missing', /^The file of build 1 of the read models is missing/, (_, build) => rmSync(build)],
  ])('a %s is refused in words that say what mends it', async (_, words, damage) => {
    const { path, build } = await spoilt('SELECT 1');
    damage(path, build);
    const asking = (async () => open(path).get('queues', 'a'))();
    await expect(asking).rejects.toThrow(ReadStoreDamaged);
    await expect(asking).rejects.toThrow(words);
    await expect(asking).rejects.toThrow('A rebuild mends it: amends rebuild.');
  });

  test('a register with entries that are no JSON names the build', async () => {
    const { path } = await spoilt(`UPDATE amends_generations SET stamp = '{'`, 'register');
    await expect(open(path).live()).rejects.toThrow(
      'The register of the read models is damaged: the stamp of build 1 is no longer JSON.',
    );
  });

  test('a build of another store is refused', async () => {
    const { path, build } = await spoilt('SELECT 1');
    const other = join(mkdtempSync(join(tmpdir(), 'amends-other-reads-')), 'read.db');
    const store = SqliteReadStore.open({ path: other, mode: 'write' });
    await store.begin(SHAPES, { ...STAMP, madeAt: '2031-05-06T09:00:00.000Z' });
    await store.close();
    copyFileSync(join(dirname(other), 'read-1.db'), build);
    await expect(open(path).get('queues', 'a')).rejects.toThrow(
      'Build 1 of the read models is another than the one that was made',
    );
  });

  const fill = (path: string): void => writeFileSync(path, 'hello '.repeat(10_000));
  const empty = (path: string): void => writeFileSync(path, '');
});

import { type AnyBulkWriteOperation, type Collection, type Filter } from 'mongodb';
import { type ConnectionOptions, duplicatesIn, isDuplicate, MongoConnection } from '../../mongodb/mongo-connection.js';
import {
  type Ledger,
  LedgerDamaged,
  LedgerUnavailable,
  type LedgerRecord,
  type ListOptions,
  type Put,
  VersionConflict,
} from '../ledger.js';
import { instant, type Kept, LAST, refuseToWrite, type Row, rowOf } from '../row.js';
import { fieldsOf, type RecordDocument, recordOf } from './records.js';

export interface MongoLedgerOptions extends ConnectionOptions {
  readonly mode: 'write' | 'read';
  /** Part of the collection's name; default 'ledger'. */
  readonly name?: 'ledger' | 'vault';
}

/** The concurrency limit of conditional puts. */
const CONCURRENCY = 32;
const CHECKED_AT_ONCE = 1_000;

/**
 * The ledger in one collection. A majority of the replica set acknowledges and journals a put before its answer.
 * Removed records stay in MongoDB's journal and oplog for some time, so the vault encrypts customers' keys with the key
 * encryption key, which MongoDB never sees.
 */
export class MongoLedger implements Ledger {
  private constructor(
    private readonly connection: MongoConnection,
    private readonly records: Collection<RecordDocument>,
    private readonly mode: 'write' | 'read',
    private readonly kept: Kept,
  ) {}

  /** @throws LedgerUnavailable if no server answers */
  static async open({ mode, name = 'ledger', ...where }: MongoLedgerOptions): Promise<MongoLedger> {
    const connection = await MongoConnection.open(where, { what: `the ${name}`, Unavailable: LedgerUnavailable });
    const records = connection.database.collection<RecordDocument>(`amends_${name}`);
    try {
      // The kind comes first, so that a query for one kind skips no records of others.
      if (mode === 'write')
        await connection.run(() =>
          records.createIndex(
            { kind: 1, dueAt: 1, _id: 1 },
            { name: 'due', partialFilterExpression: { dueAt: { $exists: true } } },
          ),
        );
    } catch (error) {
      await connection.close();
      throw error;
    }
    return new MongoLedger(connection, records, mode, { where: `the ${name} in MongoDB`, name });
  }

  async get<T>(key: string): Promise<LedgerRecord<T> | undefined> {
    const found = await this.run(() => this.records.findOne({ _id: key }));
    return found ? recordOf<T>(found, this.kept) : undefined;
  }

  async put(put: Put): Promise<number> {
    refuseToWrite(this.mode);
    const outcome = await this.set(rowOf(put));
    if (outcome instanceof VersionConflict) throw outcome;
    return outcome;
  }

  async putMany(puts: readonly Put[]): Promise<readonly string[]> {
    refuseToWrite(this.mode);
    const rows = puts.map(rowOf);
    const failed = new Set<Row>();
    // In order for each key, together for different keys.
    for (const round of roundsOf(rows)) {
      const [plain, guarded] = [round.filter(({ expected }) => !expected), round.filter(({ expected }) => expected)];
      for (const row of await this.setPlain(plain)) failed.add(row);
      for (let at = 0; at < guarded.length; at += CONCURRENCY)
        await Promise.all(
          guarded.slice(at, at + CONCURRENCY).map(async (row) => {
            if ((await this.set(row)) instanceof VersionConflict) failed.add(row);
          }),
        );
    }
    return rows.filter((row) => failed.has(row)).map(({ key }) => key);
  }

  async putInOrder(stages: readonly (readonly Put[])[]): Promise<readonly string[]> {
    const failed: string[] = [];
    for (const stage of stages) failed.push(...(await this.putMany(stage)));
    return failed;
  }

  async remove(key: string, expected?: number): Promise<void> {
    refuseToWrite(this.mode);
    const filter = expected === undefined ? { _id: key } : { _id: key, version: expected };
    const { deletedCount } = await this.run(() => this.records.deleteOne(filter));
    if (deletedCount > 0 || expected === undefined) return;
    const actual = await this.versionOf(key);
    if (actual !== 0) throw new VersionConflict(key, expected, actual);
  }

  async list<T>(
    prefix: string,
    { after, limit = 0, direction = 'forwards' }: ListOptions = {},
  ): Promise<readonly LedgerRecord<T>[]> {
    const forwards = direction === 'forwards';
    const beyond = after === undefined ? [] : [{ _id: forwards ? { $gt: after } : { $lt: after } }];
    return this.found<T>({ $and: [under(prefix), ...beyond] }, { _id: forwards ? 1 : -1 }, limit);
  }

  async due<T>(prefix: string, at: string, limit: number): Promise<readonly LedgerRecord<T>[]> {
    const slash = prefix.indexOf('/');
    const ofKind = slash === -1 ? {} : { kind: prefix.slice(0, slash) };
    const filter = { ...ofKind, dueAt: { $lte: instant(at, 'at') }, ...under(prefix) };
    return this.found<T>(filter, { dueAt: 1, _id: 1 }, limit);
  }

  async damages(most: number): Promise<readonly LedgerDamaged[]> {
    const found: LedgerDamaged[] = [];
    for (let after = ''; found.length < most;) {
      const documents = await this.run(() =>
        this.records
          .find({ _id: { $gt: after } })
          .sort({ _id: 1 })
          .limit(CHECKED_AT_ONCE)
          .toArray(),
      );
      for (const document of documents)
        try {
          recordOf(document, this.kept);
        } catch (error) {
          if (!(error instanceof LedgerDamaged)) throw error;
          found.push(error);
        }
      const last = documents.at(-1);
      if (last === undefined) break;
      after = last._id;
    }
    return found.slice(0, most);
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private async found<T>(
    filter: Filter<RecordDocument>,
    sort: Readonly<Record<string, 1 | -1>>,
    limit: number,
  ): Promise<readonly LedgerRecord<T>[]> {
    const documents = await this.run(() => this.records.find(filter).sort(sort).limit(limit).toArray());
    return documents.map((document) => recordOf<T>(document, this.kept));
  }

  private async set(row: Row): Promise<number | VersionConflict> {
    const { key, expected } = row;
    for (;;) {
      const filter = expected === undefined ? { _id: key } : { _id: key, version: expected ?? 0 };
      try {
        if (expected === 0) {
          await this.run(() => this.records.insertOne({ _id: key, version: 1, ...fieldsOf(row) }));
          return 1;
        }
        const put = await this.run(() =>
          this.records.findOneAndUpdate(filter, updateOf(row), {
            upsert: expected === undefined,
            returnDocument: 'after',
            projection: { version: 1 },
          }),
        );
        if (put) return put.version;
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        // Another process inserted it at the same time: an unconditional put retries as an update.
        if (expected === undefined) continue;
      }
      const actual = await this.versionOf(key);
      // It reached `expected` again in between: retry.
      if (actual !== expected) return new VersionConflict(key, expected ?? 0, actual);
    }
  }

  /** Unconditional puts and inserts, in one request. Returns the inserts that found a record. */
  private async setPlain(rows: readonly Row[]): Promise<readonly Row[]> {
    if (rows.length === 0) return [];
    const writes = rows.map((row): AnyBulkWriteOperation<RecordDocument> =>
      row.expected === undefined
        ? { updateOne: { filter: { _id: row.key }, update: updateOf(row), upsert: true } }
        : { insertOne: { document: { _id: row.key, version: 1, ...fieldsOf(row) } } },
    );
    try {
      await this.run(() => this.records.bulkWrite(writes, { ordered: false }));
      return [];
    } catch (error) {
      const there = duplicatesIn(error).flatMap((index) => rows[index] ?? []);
      const raced = there.filter(({ expected }) => expected === undefined);
      await this.setPlain(raced);
      return there.filter(({ expected }) => expected === 0);
    }
  }

  private async versionOf(key: string): Promise<number> {
    return (await this.run(() => this.records.findOne({ _id: key }, { projection: { version: 1 } })))?.version ?? 0;
  }

  private run<T>(operation: () => Promise<T>): Promise<T> {
    return this.connection.run(operation);
  }
}

const under = (prefix: string): { _id: { $gte: string; $lt: string } } => ({
  _id: { $gte: prefix, $lt: prefix + LAST },
});

const updateOf = (row: Row) => ({
  $set: fieldsOf(row),
  $inc: { version: 1 },
  ...(row.dueAt === undefined ? { $unset: { dueAt: '' as const } } : {}),
});

/** The first put of each key, then the second of each, and so on. */
const roundsOf = (rows: readonly Row[]): readonly (readonly Row[])[] => {
  const rounds: Row[][] = [];
  const seen = new Map<string, number>();
  for (const row of rows) {
    const round = seen.get(row.key) ?? 0;
    seen.set(row.key, round + 1);
    (rounds[round] ??= []).push(row);
  }
  return rounds;
};

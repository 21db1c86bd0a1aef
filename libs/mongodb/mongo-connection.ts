import {
  type Db,
  MongoBulkWriteError,
  MongoClient,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from 'mongodb';

export interface ConnectionOptions {
  /** `mongodb://` or `mongodb+srv://`, with credentials and TLS as the driver takes them; the database is its path, else `amends`. */
  readonly url: string;
  /** The longest that one question may take; default 10 s. 0: as long as it takes. */
  readonly timeoutMs?: number;
}

/** What a port keeps there, and its own error for when it is out of reach. */
export interface Kept {
  readonly what: string;
  readonly Unavailable: new (message: string, options: ErrorOptions) => Error;
}

const SELECTION_MS = 3_000;

/** The driver's connections to one database: it finds them again by itself when they were lost. */
export class MongoConnection {
  private constructor(
    private readonly client: MongoClient,
    readonly database: Db,
    private readonly kept: Kept,
  ) {}

  /** @throws Kept.Unavailable where no server answers. */
  static async open({ url, timeoutMs = 10_000 }: ConnectionOptions, kept: Kept): Promise<MongoConnection> {
    const selection = timeoutMs === 0 ? SELECTION_MS : Math.min(SELECTION_MS, timeoutMs);
    const client = new MongoClient(url, {
      serverSelectionTimeoutMS: selection,
      connectTimeoutMS: selection,
      socketTimeoutMS: timeoutMs,
      readPreference: 'primary',
      writeConcern: { w: 'majority', journal: true },
      ignoreUndefined: true,
    });
    const named = client.options.dbName;
    const database = client.db(named === 'test' || named === '' ? 'amends' : named);
    const connection = new MongoConnection(client, database, kept);
    try {
      await connection.ask(() => connection.database.command({ ping: 1 }));
    } catch (error) {
      await client.close();
      throw error;
    }
    return connection;
  }

  /** @throws Kept.Unavailable instead of the driver's many ways to say so. */
  async ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      if (!isOutOfReach(error)) throw error;
      const hosts = this.client.options.hosts.map(String).join(', ');
      throw new this.kept.Unavailable(
        `MongoDB at ${hosts} does not answer (${error.message}). It holds ${this.kept.what}: see that it runs and can be reached, then ask again.`,
        { cause: error },
      );
    }
  }

  /** A collection or view; that it is gone already is no error. */
  async drop(name: string): Promise<void> {
    try {
      await this.ask(() => this.database.dropCollection(name));
    } catch (error) {
      if (!(error instanceof MongoServerError) || !isNotThere(error)) throw error;
    }
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

/** Says the server itself: shutting down, stepping down, out of time. */
const PASSING: ReadonlySet<unknown> = new Set([50, 64, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);

const isOutOfReach = (error: unknown): error is Error =>
  error instanceof MongoNetworkError ||
  error instanceof MongoServerSelectionError ||
  error instanceof MongoNotConnectedError ||
  error instanceof MongoTopologyClosedError ||
  // A socket's own error, which the driver lets through where it was writing.
  (typeof error === 'object' && error !== null && 'syscall' in error) ||
  (error instanceof MongoServerError && PASSING.has(error.code)) ||
  // A bulk write has the network's error inside its own.
  (error instanceof MongoBulkWriteError && isOutOfReach(error.errorResponse));

/** Some servers of the protocol say it in words alone. */
export const isNotThere = ({ code, message }: MongoServerError): boolean => code === 26 || message === 'ns not found';

/** The document is there already. */
const DUPLICATE_KEY = 11_000;

export const isDuplicate = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === DUPLICATE_KEY;

/**
 * The places of those writes of a bulk that found their document there already.
 * @throws whatever else went wrong with it.
 */
export const duplicatesIn = (error: unknown): readonly number[] => {
  if (!(error instanceof MongoBulkWriteError)) throw error;
  const problems = [error.writeErrors].flat();
  if (error.result.getWriteConcernError() || problems.length === 0) throw error;
  if (problems.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
  return problems.map(({ index }) => index);
};

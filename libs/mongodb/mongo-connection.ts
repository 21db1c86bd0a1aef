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
  /** `mongodb://` or `mongodb+srv://`, as the driver takes it. Its path names the database; default `amends`. */
  readonly url: string;
  /** The timeout of one operation; default 10 s. 0: none. */
  readonly timeoutMs?: number;
}

/** What a port stores in MongoDB, and its error for when MongoDB doesn't answer. */
export interface Use {
  readonly what: string;
  readonly Unavailable: new (message: string, options: ErrorOptions) => Error;
}

const SELECTION_MS = 3_000;

/** The driver's connections to one database. The driver reconnects by itself. */
export class MongoConnection {
  private constructor(
    private readonly client: MongoClient,
    readonly database: Db,
    private readonly use: Use,
  ) {}

  /** @throws Use.Unavailable if no server answers */
  static async open({ url, timeoutMs = 10_000 }: ConnectionOptions, use: Use): Promise<MongoConnection> {
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
    const connection = new MongoConnection(client, database, use);
    try {
      await connection.run(() => connection.database.command({ ping: 1 }));
    } catch (error) {
      await client.close();
      throw error;
    }
    return connection;
  }

  /** @throws Use.Unavailable instead of the driver's various errors */
  async run<T>(operation: () => Promise<T>): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      if (!isOutOfReach(error)) throw error;
      const hosts = this.client.options.hosts.map(String).join(', ');
      throw new this.use.Unavailable(
        `MongoDB at ${hosts} does not answer (${error.message}). It holds ${this.use.what}. Check that it runs and can be reached, then try again.`,
        { cause: error },
      );
    }
  }

  /** Drops a collection or view, if it exists. */
  async drop(name: string): Promise<void> {
    try {
      await this.run(() => this.database.dropCollection(name));
    } catch (error) {
      if (!(error instanceof MongoServerError) || !isNotThere(error)) throw error;
    }
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

/** The server's own codes: shutting down, stepping down, out of time. */
const TRANSIENT: ReadonlySet<unknown> = new Set([50, 64, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);

const isOutOfReach = (error: unknown): error is Error =>
  error instanceof MongoNetworkError ||
  error instanceof MongoServerSelectionError ||
  error instanceof MongoNotConnectedError ||
  error instanceof MongoTopologyClosedError ||
  // A socket's error, which the driver passes on after a failed write.
  (typeof error === 'object' && error !== null && 'syscall' in error) ||
  (error instanceof MongoServerError && TRANSIENT.has(error.code)) ||
  // A bulk write wraps the network's error.
  (error instanceof MongoBulkWriteError && isOutOfReach(error.errorResponse));

/** Some servers of the protocol send the message without a code. */
export const isNotThere = ({ code, message }: MongoServerError): boolean => code === 26 || message === 'ns not found';

const DUPLICATE_KEY = 11_000;

export const isDuplicate = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === DUPLICATE_KEY;

/** The indexes of a bulk's writes that failed on a duplicate key. @throws any other error of the bulk */
export const duplicatesIn = (error: unknown): readonly number[] => {
  if (!(error instanceof MongoBulkWriteError)) throw error;
  const problems = [error.writeErrors].flat();
  if (error.result.getWriteConcernError() || problems.length === 0) throw error;
  if (problems.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
  return problems.map(({ index }) => index);
};

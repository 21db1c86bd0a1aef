import type { Document, FieldType } from '../event-sourcing/projection.js';
import type { Filter } from '../filter/filter.js';

/** What the store must know of a collection to make its tables and indexes. */
export interface CollectionShape {
  readonly name: string;
  readonly version: number;
  readonly fields: Readonly<Record<string, FieldType>>;
  readonly indexes: readonly (readonly string[])[];
  /** Kept for folding only: not shown to analysts, not part of the digest. */
  readonly internal?: true;
  /** Shown, but not part of the digest. */
  readonly undigested?: true;
}

/** One build of all read models. `label` says under what it was built: rule books by content, code versions. */
export interface Generation {
  readonly id: number;
  readonly status: 'building' | 'ready' | 'live' | 'retired';
  readonly stamp: GenerationStamp;
  readonly collections: readonly CollectionShape[];
}

export interface GenerationStamp {
  /** By programme, the content hashes of the rule sets and the times from which they are in force. */
  readonly ruleBooks: Readonly<
    Record<string, readonly { readonly ruleSet: string; readonly from: string | null; readonly foreseen?: true }[]>
  >;
  readonly madeAt: string;
  readonly reason: string;
}

export interface StoredDocument {
  readonly id: string;
  readonly shard: number;
  /** The last event folded into it. */
  readonly position: string;
  readonly document: Document;
}

export interface Flush {
  /** The shards that were read up to `position`, touched or not. */
  readonly shards: readonly number[];
  readonly position: string;
  /** Null removes. */
  readonly writes: readonly {
    readonly collection: string;
    readonly id: string;
    readonly shard: number;
    readonly position: string;
    readonly document: Document | null;
  }[];
}

export interface Query {
  readonly filter?: Filter;
  /** Declared fields or id; ties are broken by id, in the direction of the last. Null and missing are lowest. */
  readonly sort?: readonly { readonly field: string; readonly direction: 'asc' | 'desc' }[];
  /** Default 50, at most 1,000. */
  readonly limit?: number;
  /** The cursor that the page before gave. */
  readonly after?: string;
}

export interface Page {
  readonly documents: readonly (Document & { readonly id: string })[];
  /** Present when there is more. It carries the generation: after a switch it is refused as stale. */
  readonly next?: string;
}

export interface GroupQuery {
  readonly filter?: Filter;
  /** Declared fields to group by. */
  readonly by: readonly string[];
  /** Sums of declared numeric fields, by the name of the result. `count` is always there. */
  readonly sums?: Readonly<Record<string, string>>;
  /** Counts of documents that pass a filter, by the name of the result. */
  readonly counts?: Readonly<Record<string, Filter>>;
}

export type Group = Readonly<Record<string, string | number | boolean | null>> & { readonly count: number };

/** Which build is asked: the live one unless named. */
export type GenerationChoice = number | 'live';

/** Read models: generations of documents, which are written by batches and switched in one step. */
export interface ReadStore {
  /** A new, empty build that nobody sees yet. */
  begin(collections: readonly CollectionShape[], stamp: GenerationStamp): Promise<Generation>;
  /** The build has caught up: makes its indexes. */
  ready(generation: number): Promise<void>;
  /** One atomic step for all read models. @throws GenerationConflict if `expected` is not the live one. */
  switchTo(generation: number, expected: number | undefined): Promise<void>;
  /** Drops a build and its documents. Refused for the live one. */
  release(generation: number): Promise<void>;
  generations(): Promise<readonly Generation[]>;
  live(): Promise<Generation | undefined>;

  /**
   * Whether a flush is stored whole or not at all. Where it is not, one that was cut off may have left documents there
   * without its checkpoint: its events come again, maybe with others.
   */
  readonly flushesWhole: boolean;
  /** @throws TypeError for a document that it can't hold: a flush with it would be refused whole. */
  refuseTooLarge(shape: Pick<CollectionShape, 'name' | 'fields'>, id: string, document: Document): void;
  /** Documents, and then the checkpoint; delivered again it changes nothing. */
  flush(generation: number, flush: Flush): Promise<void>;
  /** By shard, the position read up to; a shard never read is absent. */
  checkpoints(generation: number): Promise<ReadonlyMap<number, string>>;
  /** Those that are there, by id. */
  load(generation: number, collection: string, ids: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>>;

  get(collection: string, id: string, generation?: GenerationChoice): Promise<StoredDocument | undefined>;
  find(collection: string, query: Query, generation?: GenerationChoice): Promise<Page>;
  group(collection: string, query: GroupQuery, generation?: GenerationChoice): Promise<readonly Group[]>;
  /** All documents in id order (of UTF-8 bytes, as every engine has it), in batches; of one shard or of all. */
  scan(
    collection: string,
    options?: { shard?: number; generation?: GenerationChoice },
  ): AsyncIterable<readonly StoredDocument[]>;
  close(): Promise<void>;
}

/** Another build went live in between. */
export class GenerationConflict extends Error {
  constructor(expected: number | undefined, actual: number | undefined) {
    super(`Generation ${actual ?? 'none'} is live, not ${expected ?? 'none'}. Look again, then switch again.`);
    this.name = 'GenerationConflict';
  }
}

/** Nothing was switched to yet, so there is nothing to ask. */
export class NothingLive extends Error {
  constructor() {
    super('The read models are not built yet. Where projectors run, they build them: ask again when they are ready.');
    this.name = 'NothingLive';
  }
}

/** Another process writes the store. */
export class ReadStoreBusy extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ReadStoreBusy';
  }
}

/** Another version of Amends made the store. */
export class ReadStoreFormatRefused extends Error {
  constructor(where: string, found: number, wanted: number) {
    super(
      `${where} has read store format ${found}; this version of Amends reads format ${wanted}. Move the file away, then start the app or import again: it is built again from history.`,
    );
    this.name = 'ReadStoreFormatRefused';
  }
}

/** The store can't work now: down, cut off or too slow. The message says what to do; a flush may be delivered again. */
export class ReadStoreUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ReadStoreUnavailable';
  }
}

/** The question can't be asked so: it names what is wrong and how to right it. */
export class QueryRefused extends Error {
  constructor(
    message: string,
    readonly field?: string,
  ) {
    super(message);
    this.name = 'QueryRefused';
  }
}

import type { Document, Shape } from '../event-sourcing/projection.js';
import type { Filter } from '../filter/filter.js';

export interface CollectionShape extends Shape {
  /** For folding only: hidden from analysts, and not part of the digest. */
  readonly internal?: true;
}

/** One build of all read models. */
export interface Generation {
  readonly id: number;
  readonly status: 'building' | 'ready' | 'live' | 'retired';
  readonly stamp: GenerationStamp;
  readonly collections: readonly CollectionShape[];
}

export interface GenerationStamp {
  /** By programme, the hashes of the rule sets and when each comes into force. */
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
  /** The shards that the follower read up to `position`, even without writes. */
  readonly shards: readonly number[];
  readonly position: string;
  /** A null document removes. */
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
  /** Declared fields or id. The id breaks ties, in the direction of the last. Null and missing are lowest. */
  readonly sort?: readonly { readonly field: string; readonly direction: 'asc' | 'desc' }[];
  /** Default 50, at most 1,000. */
  readonly limit?: number;
  /** The cursor of the page before. */
  readonly after?: string;
}

export interface Page {
  readonly documents: readonly (Document & { readonly id: string })[];
  /** Present if there are more. It names the generation, and is stale after a switch. */
  readonly next?: string;
}

export interface GroupQuery {
  readonly filter?: Filter;
  /** Declared fields to group by. */
  readonly by: readonly string[];
  /** Sums of declared numeric fields, by the result's name. The result always includes `count`. */
  readonly sums?: Readonly<Record<string, string>>;
  /** Counts of documents that match a filter, by the result's name. */
  readonly counts?: Readonly<Record<string, Filter>>;
}

export type Group = Readonly<Record<string, string | number | boolean | null>> & { readonly count: number };

export type GenerationChoice = number | 'live';

/** Read models: generations of documents, written in batches and switched in one step. */
export interface ReadStore {
  /** Makes an empty build, which nobody sees yet. */
  begin(collections: readonly CollectionShape[], stamp: GenerationStamp): Promise<Generation>;
  /** Makes the indexes of a build that has caught up. */
  ready(generation: number): Promise<void>;
  /** One atomic step for all read models. @throws GenerationConflict if `expected` is not the live one. */
  switchTo(generation: number, expected: number | undefined): Promise<void>;
  /** Drops a build and its documents. @throws Error for the live one */
  release(generation: number): Promise<void>;
  generations(): Promise<readonly Generation[]>;
  live(): Promise<Generation | undefined>;

  /** Whether a flush is atomic. If not, a crash can leave documents without a checkpoint: their events come again. */
  readonly flushesWhole: boolean;
  /** @throws TypeError for a document that the store can't hold, because it would refuse the whole flush */
  refuseTooLarge(shape: Pick<CollectionShape, 'name' | 'fields'>, id: string, document: Document): void;
  /** Stores documents, then the checkpoint. Idempotent. */
  flush(generation: number, flush: Flush): Promise<void>;
  /** By shard, the position read up to. Omits unread shards. */
  checkpoints(generation: number): Promise<ReadonlyMap<number, string>>;
  /** Existing documents, by id. */
  load(generation: number, collection: string, ids: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>>;

  get(collection: string, id: string, generation?: GenerationChoice): Promise<StoredDocument | undefined>;
  find(collection: string, query: Query, generation?: GenerationChoice): Promise<Page>;
  group(collection: string, query: GroupQuery, generation?: GenerationChoice): Promise<readonly Group[]>;
  /** All documents of one shard or of all, in batches, in the order of their ids' UTF-8 bytes. */
  scan(
    collection: string,
    options?: { shard?: number; generation?: GenerationChoice },
  ): AsyncIterable<readonly StoredDocument[]>;
  /**
   * What is damaged in a build, at most `most` findings: it reads every document. A document that is another than the one
   * that was flushed, but whole, is found only by a comparison with history.
   */
  damages(generation: number, most: number): Promise<readonly ReadStoreDamaged[]>;
  close(): Promise<void>;
}

/** What is stored is not what was flushed. Other documents are served, and a rebuild mends it. */
export class ReadStoreDamaged extends Error {
  override readonly name = 'ReadStoreDamaged';
  constructor(
    /** The sentence, for callers: without places on this machine. */
    readonly finding: string,
    /** The file or the engine. */
    where: string,
    options?: ErrorOptions,
  ) {
    super(`${finding} Its place is ${where}. ${REBUILD}`, options);
  }
}

/** What mends read models, whatever is damaged in them. */
export const REBUILD = 'A rebuild mends it: amends rebuild.';

/** Another build went live in between. */
export class GenerationConflict extends Error {
  constructor(expected: number | undefined, actual: number | undefined) {
    super(`Generation ${actual ?? 'none'} is live, not ${expected ?? 'none'}. Look again, then switch again.`);
    this.name = 'GenerationConflict';
  }
}

/** No build went live yet. */
export class NothingLive extends Error {
  constructor() {
    super('The read models are not built yet. The projectors build them: try again when they are ready.');
    this.name = 'NothingLive';
  }
}

/** Another process writes the store. */
export class ReadStoreBusy extends Error {
  override readonly name = 'ReadStoreBusy';
}

/** Another version of Amends made the store. */
export class ReadStoreFormatRefused extends Error {
  constructor(where: string, found: number, wanted: number) {
    super(
      `${where} has read store format ${found}; this version of Amends reads format ${wanted}. Move the file away, then start the app or import again: Amends rebuilds it from history.`,
    );
    this.name = 'ReadStoreFormatRefused';
  }
}

/** The store can't work now: down, cut off or too slow. Flush again later. */
export class ReadStoreUnavailable extends Error {
  override readonly name = 'ReadStoreUnavailable';
}

/** The query is invalid: the message names the fault and its remedy. */
export class QueryRefused extends Error {
  constructor(
    message: string,
    readonly field?: string,
  ) {
    super(message);
    this.name = 'QueryRefused';
  }
}

import type { AnyReadModel } from '../read-models/read-models.js';
import { stated } from '../event-sourcing/stated.js';
import { eachShard } from '../replay/fold/each-shard.js';
import { EventsToFold } from '../replay/fold/events-to-fold.js';
import type { History } from './build.js';
import { Comparison, type Compared } from './comparison.js';
import { sidesOf, type RehearsalRequest } from './sides.js';

/** Which share of the work: the cases and customers of some of the 256 shards, with history up to a position. */
export interface ShareRequest extends RehearsalRequest {
  readonly upTo: string;
  readonly shards: readonly number[];
}

export interface ShareOptions {
  readonly events: History;
  readonly projections: readonly AnyReadModel[];
  /** About how many events are folded at a time; default 200: what is made of so few is gone before it grows old. */
  readonly partSize?: number;
  /** How long it rests for each time that it folded a shard, so that who is served beside it goes on. Default 0. */
  readonly rest?: number;
  readonly signal?: AbortSignal;
  onProgress?(progress: ShareProgress): void;
}

export interface ShareProgress {
  /** 0 to 1. */
  readonly share: number;
  readonly events: number;
}

/** What a share found. Shares of one rehearsal add up. */
export interface ShareFound extends Compared {
  readonly events: number;
}

/**
 * Folds history under both rule books, shard by shard, and compares what comes of it. Nothing is stored: a shard is
 * forgotten once it is compared.
 */
export async function rehearseShare(asked: ShareRequest, options: ShareOptions): Promise<ShareFound> {
  const { before, after } = await sidesOf(options.events, asked, asked.upTo);
  const comparison = new Comparison(asked, { before: before.books, after: after.books }, options.projections);
  const events = await foldShards(comparison, asked, options);
  return { events, ...comparison.found() };
}

/** Resolves to the number of events that were folded. */
const foldShards = (
  comparison: Comparison,
  { upTo, shards }: ShareRequest,
  { events, partSize = 200, rest, signal, onProgress }: ShareOptions,
): Promise<number> =>
  eachShard(
    stated({
      ...{ events, filter: { types: comparison.types, shards }, upTo, rest, signal },
      onProgress: (share: number, read: number) => onProgress?.({ share, events: read }),
    }),
    (shard, taken) => comparison.foldShard(shard, new EventsToFold(taken), partSize),
  );

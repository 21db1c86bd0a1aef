import type { Document } from '../event-sourcing/projection.js';
import type { ClockDocument } from '../read-models/clocks.js';
import type { AnyReadModel } from '../read-models/read-models.js';
import type { Group } from '../read-store/read-store.js';
import { reaches } from '../recovery/rules/reach.js';
import { digested, digestOfShard } from '../replay/digest.js';
import { EventsByShard } from '../replay/events-by-shard.js';
import { EventsToFold } from '../replay/events-to-fold.js';
import { foldWhole, type Folded } from '../replay/fold-whole.js';
import { Lines } from '../replay/lines.js';
import { shapesOf, typesOf } from '../replay/projections.js';
import type { History } from './build.js';
import { changedVerdict, type ChangedVerdict } from './changed-verdicts.js';
import { FirstOf } from './first-of.js';
import { GroupCounter } from './group-counter.js';
import { scopeOf, sidesOf, type RehearsalAsked } from './sides.js';
import { Tally, type Tallied } from './tally.js';
import { TOTALLED, totalQueries, type Totalled } from './totals.js';
import { TriageComparison, type NotReversible } from './triage-comparison.js';
import { Explainer } from './why.js';

/** Which share of the work: the cases and customers of some of the 256 shards, with history up to a position. */
export interface ShareAsked extends RehearsalAsked {
  readonly upTo: string;
  readonly shards: readonly number[];
}

export interface ShareOptions {
  readonly events: History;
  readonly projections: readonly AnyReadModel[];
  readonly signal?: AbortSignal;
  onProgress?(progress: ShareProgress): void;
}

export interface ShareProgress {
  /** 0 to 1. */
  readonly share: number;
  readonly events: number;
}

/** Of one side: its groups, and for each read model the digest of each shard. */
export interface SideFound {
  readonly groups: Readonly<Record<Totalled, readonly Group[]>>;
  readonly digests: ReadonlyMap<string, ReadonlyMap<number, string>>;
}

/** What a share found. Shares of one rehearsal add up. */
export interface ShareFound {
  readonly events: number;
  readonly before: SideFound;
  readonly after: SideFound;
  /** In the order of their clocks' ids, the first `most`. */
  readonly changed: readonly ChangedVerdict[];
  readonly tally: Tallied;
  readonly decisions: NotReversible;
}

const BATCH = 5_000;
/** Of the way, what reading takes; the rest is folding. */
const READING = 0.3;

/**
 * Folds history under both rule books, shard by shard, and compares what comes of it. Nothing is stored: a shard is
 * forgotten once it is compared.
 */
export async function rehearseShare(asked: ShareAsked, options: ShareOptions): Promise<ShareFound> {
  const { events, projections, signal, onProgress } = options;
  const { upTo, most } = asked;
  const scope = scopeOf(asked);
  const sides = await sidesOf(events, asked, upTo);
  const books = { before: sides.before.books, after: sides.after.books };
  const triage = new TriageComparison(books, scope, Math.min(most, 1_000));
  const explainer = new Explainer(books, scope.programme);
  const [before, after] = [new SideCount(asked, projections), new SideCount(asked, projections)];
  const changed = new FirstOf<ChangedVerdict>(most, ({ case: id, target, cycle }) => `${id}:${target}:${cycle}`);
  const tally = new Tally();
  const models = projections.map((projection) => ({
    projection,
    lines: new Lines(),
    reached: reaches(projection.reads, books.before, books.after),
  }));
  const byShard = new EventsByShard();
  let read = 0;
  try {
    const filter = { types: [...new Set([...typesOf(projections), ...triage.types])], shards: asked.shards };
    for await (const batch of events.readAll({ batchSize: BATCH, filter })) {
      signal?.throwIfAborted();
      const within = batch.position <= upTo ? batch.events : batch.events.filter(({ position }) => position <= upTo);
      for (const event of within) triage.each(event);
      byShard.add(within);
      read += within.length;
      onProgress?.({ share: READING * Math.min(1, events.progress(undefined, batch.position, upTo)), events: read });
      if (batch.position >= upTo) break;
    }
    const { shards } = byShard;
    for (const [done, shard] of shards.entries()) {
      signal?.throwIfAborted();
      const batch = new EventsToFold(byShard.take(shard));
      // One read model after another, so that few documents are held at a time.
      for (const { projection, lines, reached } of models) {
        const { name } = projection;
        const one = await foldWhole(projection, batch, { rules: books.before });
        const digest = digestOfShard(one, lines);
        before.add(name, shard, one, digest);
        if (!reached) {
          after.add(name, shard, one, digest);
          continue;
        }
        const other = await foldWhole(projection, batch, { rules: books.after });
        after.add(name, shard, other, digestOfShard(other, lines));
        if (name !== 'clocks') continue;
        for (const pair of paired(one, other)) {
          const verdict = changedVerdict(pair, scope, explainer);
          if (!verdict) continue;
          tally.add(verdict);
          changed.add(verdict);
        }
      }
      onProgress?.({ share: READING + (1 - READING) * ((done + 1) / shards.length), events: read });
    }
  } finally {
    byShard.close();
  }
  return {
    events: read,
    before: before.result(),
    after: after.result(),
    changed: changed.result(),
    tally: tally.result(),
    decisions: triage.result(),
  };
}

/** Counts the documents of one side, and keeps their digests. */
class SideCount {
  readonly #groups: Readonly<Record<Totalled, GroupCounter>>;
  readonly #digests: ReadonlyMap<string, Map<number, string>>;

  constructor(asked: RehearsalAsked, projections: readonly AnyReadModel[]) {
    const queries = totalQueries(scopeOf(asked));
    this.#groups = Object.fromEntries(TOTALLED.map((name) => [name, new GroupCounter(queries[name])])) as Record<
      Totalled,
      GroupCounter
    >;
    this.#digests = new Map(digested(shapesOf(projections)).map(({ name }) => [name, new Map<number, string>()]));
  }

  add(name: string, shard: number, documents: readonly Folded[], digest: string): void {
    const counter = (this.#groups as Readonly<Record<string, GroupCounter>>)[name];
    if (counter) for (const [, document] of documents) counter.add(document);
    if (documents.length > 0) this.#digests.get(name)?.set(shard, digest);
  }

  result(): SideFound {
    const groups = Object.fromEntries(TOTALLED.map((name) => [name, this.#groups[name].result()]));
    return { groups: groups as SideFound['groups'], digests: this.#digests };
  }
}

interface Clocks {
  readonly before: ClockDocument | undefined;
  readonly after: ClockDocument | undefined;
}

/** Each clock of either side, in the order of ids: those of a case one after another. */
function* paired(ones: readonly Folded[], others: readonly Folded[]): Generator<Clocks> {
  const [before, after] = [new Map(ones), new Map(others)];
  const clock = (document: Document | undefined): ClockDocument | undefined => document as ClockDocument | undefined;
  for (const id of new Set([...before.keys(), ...after.keys()].toSorted()))
    yield { before: clock(before.get(id)), after: clock(after.get(id)) };
}

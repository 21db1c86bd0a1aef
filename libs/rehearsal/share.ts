import type { ClockDocument } from '../read-models/clocks.js';
import type { AnyReadModel } from '../read-models/read-models.js';
import type { GroupQuery } from '../read-store/read-store.js';
import { reaches } from '../recovery/rules/reach.js';
import { historyByShard } from '../replay/fold/events-by-shard.js';
import { EventsToFold } from '../replay/fold/events-to-fold.js';
import { giveWay } from '../replay/fold/give-way.js';
import { foldWhole, type Folded } from '../replay/fold/fold-whole.js';
import { sortById } from '../replay/digest/id-order.js';
import { Lines } from '../replay/digest/fast/lines.js';
import { typesOf } from '../replay/fold/projections.js';
import type { History } from './build.js';
import { changedVerdict, type ChangedVerdict } from './changed-verdicts.js';
import { FirstOf } from './first-of.js';
import { ModelFindings, sideFindings, type SideFindings } from './findings.js';
import { scopeOf, sidesOf, type RehearsalAsked } from './sides.js';
import { Tally, type Tallied } from './tally.js';
import { totalQueries } from './totals.js';
import { TriageComparison, type NotReversible } from './triage-comparison.js';
import { Explainer, type Pair } from './why.js';

/** Which share of the work: the cases and customers of some of the 256 shards, with history up to a position. */
export interface ShareAsked extends RehearsalAsked {
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
export interface ShareFound {
  readonly events: number;
  readonly before: SideFindings;
  readonly after: SideFindings;
  /** In the order of their clocks' ids, the first `most`. */
  readonly changed: readonly ChangedVerdict[];
  readonly tally: Tallied;
  readonly decisions: NotReversible;
}

/** Of the way, what sorting by shard takes; the rest is folding. */
const SORTING = 0.1;

/**
 * Folds history under both rule books, shard by shard, and compares what comes of it. Nothing is stored: a shard is
 * forgotten once it is compared.
 */
export async function rehearseShare(asked: ShareAsked, options: ShareOptions): Promise<ShareFound> {
  const { events, projections, partSize = 200, rest = 0, signal, onProgress } = options;
  const { upTo, most } = asked;
  const scope = scopeOf(asked);
  const sides = await sidesOf(events, asked, upTo);
  const books = { before: sides.before.books, after: sides.after.books };
  const triage = new TriageComparison(books, scope, Math.min(most, 1_000));
  const explainer = new Explainer(books, scope.programme);
  const changed = new FirstOf<ChangedVerdict>(most, ({ case: id, target, cycle }) => `${id}:${target}:${cycle}`);
  const tally = new Tally();
  const queries: Partial<Record<string, GroupQuery>> = totalQueries(scope);
  const models = projections.map((projection) => {
    const query = queries[projection.name];
    const lines = new Lines();
    const before = new ModelFindings(query, lines);
    const isReached = reaches(projection.reads, books.before, books.after);
    return { projection, before, after: isReached ? new ModelFindings(query, lines) : before };
  });
  const ofOneStream = models.filter(({ projection }) => projection.ofOneStream);
  const ofManyStreams = models.filter(({ projection }) => !projection.ofOneStream);
  const judge = (clocks: Pair): void => {
    const verdict = changedVerdict(clocks, scope, explainer);
    if (!verdict) return;
    tally.add(verdict);
    changed.add(verdict);
  };
  const foldBoth = (batch: EventsToFold, some: typeof models): void => {
    for (const { projection, before, after } of some) {
      const had = foldWhole(projection, batch, { rules: books.before });
      if (after === before) {
        for (const shown of had) before.add(shown);
        continue;
      }
      const has = foldWhole(projection, batch, { rules: books.after });
      for (const [, one, other] of paired(had, has)) {
        if (one) before.add(one);
        if (other) after.add(other);
        if (projection.name === 'clocks') judge({ before: clockOf(one), after: clockOf(other) });
      }
    }
  };
  const byShard = await historyByShard(events, {
    filter: { types: [...new Set([...typesOf(projections), ...triage.types])], shards: asked.shards },
    upTo,
    ...(signal && { signal }),
    onShare: (share) => onProgress?.({ share: SORTING * share, events: 0 }),
  });
  let read = 0;
  try {
    const { shards } = byShard;
    for (const [done, shard] of shards.entries()) {
      const began = performance.now();
      const batch = new EventsToFold(byShard.take(shard));
      for (const event of batch.events) triage.each(event);
      read += batch.events.length;
      foldBoth(batch, ofManyStreams);
      for (const part of batch.parts(partSize)) foldBoth(part, ofOneStream);
      for (const { before, after } of models) {
        before.end(shard);
        if (after !== before) after.end(shard);
      }
      onProgress?.({ share: SORTING + (1 - SORTING) * ((done + 1) / shards.length), events: read });
      await giveWay(rest * (performance.now() - began));
      signal?.throwIfAborted();
    }
  } finally {
    byShard.close();
  }
  return {
    events: read,
    before: sideFindings(new Map(models.map(({ projection: { name }, before }) => [name, before])), projections),
    after: sideFindings(new Map(models.map(({ projection: { name }, after }) => [name, after])), projections),
    changed: changed.result(),
    tally: tally.result(),
    decisions: triage.result(),
  };
}

const clockOf = (shown: Folded | undefined): ClockDocument | undefined => shown?.[1] as ClockDocument | undefined;

/** The documents of both sides by id, in the order of ids: those of a case one after another. */
function paired(ones: readonly Folded[], others: readonly Folded[]): [id: string, one?: Folded, other?: Folded][] {
  const pairs = new Map(ones.map((one): [string, [string, Folded?, Folded?]] => [one[0], [one[0], one]]));
  for (const other of others) {
    const pair = pairs.get(other[0]);
    if (pair) pair[2] = other;
    else pairs.set(other[0], [other[0], undefined, other]);
  }
  return sortById([...pairs.values()]);
}

import { isDeepStrictEqual } from 'node:util';
import type { Recorded, ToAppend } from '../event-sourcing/event.js';
import type { EventStore } from '../event-store/event-store.js';
import { appendBatches } from '../event-store/append-batches.js';

/** Both stores must give events as stored, because seals cover them so. */
export interface CopyRequest {
  readonly from: EventStore;
  readonly to: EventStore;
  readonly signal?: AbortSignal;
  onProgress?(this: void, progress: { readonly events: number; readonly share: number }): void;
}

export interface Copied {
  /** By this run. */
  readonly copied: number;
  readonly alreadyThere: number;
}

/** The two histories differ. The copy stopped there. */
export class HistoriesDiffer extends Error {
  override readonly name = 'HistoriesDiffer';
}

/**
 * Copies a history into an empty store, in order. Ids, revisions, times and shards stay; the other store assigns its
 * own positions. After a crash it resumes where it was. Nobody may write to either store meanwhile.
 * @throws HistoriesDiffer when the other store holds what this history doesn't
 */
export async function copyHistory({ from, to, signal, onProgress }: CopyRequest): Promise<Copied> {
  const end = await from.end();
  const start = await resumePosition(from, to);
  let copied = 0;
  for await (const { events, position } of from.readAll({ from: start })) {
    for (const batch of appendBatches(events)) {
      signal?.throwIfAborted();
      await append(to, batch);
      copied += batch.length;
    }
    onProgress?.({ events: copied, share: from.progress(undefined, position, end ?? position) });
  }
  return { copied, alreadyThere: start === undefined ? 0 : await countTo(from, start) };
}

/** The copy's last event, as a position in the original. */
async function resumePosition(from: EventStore, to: EventStore): Promise<string | undefined> {
  for await (const { events } of to.readAll({ direction: 'backwards', batchSize: 1 })) {
    const [last] = events;
    if (last === undefined) continue;
    const { events: original } = await from.readStream(last.stream, { after: last.revision - 1, limit: 1 });
    if (original[0]?.id !== last.id) {
      throw new HistoriesDiffer(
        `The target store ends with event ${last.id} (${last.type}, revision ${last.revision} of ${last.stream}), which this history doesn't have. Name an empty store.`,
      );
    }
    return original[0].position;
  }
  return undefined;
}

async function countTo(from: EventStore, position: string): Promise<number> {
  let count = 0;
  for await (const { events } of from.readAll()) {
    for (const event of events) if (event.position <= position) count++;
    if ((events.at(-1)?.position ?? '') >= position) break;
  }
  return count;
}

async function append(to: EventStore, batch: readonly Recorded[]): Promise<void> {
  const [first] = batch;
  if (first === undefined) return;
  const events = batch.map(({ revision: _, position: __, ...event }): ToAppend => event);
  const { revision } = await to.append(first.stream, events, first.revision - 1);
  if (revision !== first.revision - 1 + batch.length) {
    throw new HistoriesDiffer(
      `${first.stream} is at revision ${revision} in the copy. Copy again into an empty store.`,
    );
  }
}

/**
 * Compares two histories event by event, except for positions. Resolves to the number of events.
 * @param pair called with each event's position in the one and in the other
 * @throws HistoriesDiffer naming the first event that isn't the same
 */
export async function compareHistories(
  one: EventStore,
  other: EventStore,
  pair?: (here: string, there: string) => void,
): Promise<number> {
  const [left, right] = [eventsOf(one), eventsOf(other)];
  for (let count = 0; ; count++) {
    const [a, b] = [await left.next(), await right.next()];
    if (a.done === true && b.done === true) return count;
    if (a.done === true || b.done === true || !isSame(a.value, b.value)) {
      await Promise.all([left.return(undefined), right.return(undefined)]);
      const nameOf = ({ value, done }: IteratorResult<Recorded, undefined>): string =>
        done === true ? 'nothing' : `${value.type} ${value.id}, revision ${value.revision} of ${value.stream}`;
      throw new HistoriesDiffer(`After ${count} equal events, one history has ${nameOf(a)}, the other ${nameOf(b)}.`);
    }
    pair?.(a.value.position, b.value.position);
  }
}

async function* eventsOf(store: EventStore): AsyncGenerator<Recorded, undefined> {
  for await (const { events } of store.readAll()) yield* events;
}

const isSame = ({ position: _, ...one }: Recorded, { position: __, ...other }: Recorded): boolean =>
  isDeepStrictEqual(one, other);

import { AppendRefused, RevisionConflict, type EventStore } from '../event-store/event-store.js';
import { runsOf } from '../event-store/append-batches.js';
import { evolve } from '../recovery/case/case-evolve.js';
import { NOT_OPENED, type RecordedCaseEvent } from '../recovery/case/case-state.js';
import type { EventToAppend, RecordedEvent } from '../recovery/history.js';

export interface AppendedOnce {
  readonly added: number;
  readonly alreadyThere: number;
}

/** The events can't go on from what the stream holds by now. */
export class CanNotGoOn extends Error {}

/** Undefined where words of a forgotten customer would have to be kept. */
type Sealed = readonly EventToAppend[] | undefined;

/** What a file says of one stream. */
export interface Said {
  readonly stream: string;
  readonly plain: readonly EventToAppend[];
  /** Whom the file names. */
  readonly customer: string;
  /** All of it, for that customer. */
  readonly sealed: Sealed;
  seal(this: void, plain: readonly EventToAppend[], customer: string): Promise<Sealed>;
}

/** One append carries as many, of events of common size. */
const AT_ONCE = 500;
/** Of a stream that others append to meanwhile. */
const RETRIES = 9;

/**
 * Appends those of the events that the stream does not hold yet. In the common case that is one append: the store
 * answers the same events at the same place as it did the first time, and `end`, where history ended before the
 * import, tells the two apart.
 * @throws CanNotGoOn where the stream has gone on since in a way that the events contradict, whose it is was forgotten, or
 * an event is too large to be kept.
 * @throws RevisionConflict where others were quicker each time.
 */
export async function appendOnce(store: EventStore, said: Said, end: string): Promise<AppendedOnce> {
  const { stream, sealed } = said;
  if (sealed && sealed.length <= AT_ONCE) {
    try {
      const { position } = await store.append(stream, sealed, 0);
      return position > end ? { added: sealed.length, alreadyThere: 0 } : { added: 0, alreadyThere: sealed.length };
    } catch (error) {
      // Too large for one append, or not the same as at the first time.
      if (!(error instanceof AppendRefused || error instanceof RevisionConflict)) throw error;
    }
  }
  return appendMissing(store, said);
}

async function appendMissing(store: EventStore, said: Said): Promise<AppendedOnce> {
  const { stream, plain } = said;
  let added = 0;
  for (let retries = RETRIES; ; retries--) {
    const { events: recorded, revision } = await store.readStream(stream);
    const there = new Set(recorded.map(({ id }) => id));
    const missing = await goingOn(
      recorded as readonly RecordedEvent[],
      plain.filter(({ id }) => !there.has(id)),
      said,
    );
    if (stream.startsWith('case-')) refuseUnlessItFolds(recorded as readonly RecordedCaseEvent[], missing);
    let at = revision;
    try {
      for (const run of runsOf(missing)) {
        at = (await store.append(stream, run, at)).revision;
        added += run.length;
      }
      return { added, alreadyThere: plain.length - added };
    } catch (error) {
      if (error instanceof AppendRefused) throw new CanNotGoOn(error.message);
      // Somebody works on the case meanwhile: what they did is read, and may contradict the events.
      if (!(error instanceof RevisionConflict) || retries === 0) throw error;
    }
  }
}

/** A stream stays whose it was, in their shard and under their key, whomever the source names by now. */
async function goingOn(
  [first]: readonly RecordedEvent[],
  missing: readonly EventToAppend[],
  { customer, seal }: Said,
): Promise<readonly EventToAppend[]> {
  const owner = first && 'customer' in first.data ? first.data.customer : undefined;
  const inShard = first ? missing.map((event) => ({ ...event, shard: first.shard })) : missing;
  const sealed = await seal(inShard, owner ?? customer);
  if (!sealed) throw new CanNotGoOn('Its customer was forgotten, so no words of theirs can be kept.');
  return sealed;
}

function refuseUnlessItFolds(recorded: readonly RecordedCaseEvent[], missing: readonly EventToAppend[]): void {
  try {
    const more = missing.map((event) => ({ ...event, revision: 0, position: '' }) as RecordedCaseEvent);
    [...recorded, ...more].reduce(evolve, NOT_OPENED);
  } catch (error) {
    throw new CanNotGoOn(error instanceof Error ? error.message : String(error));
  }
}

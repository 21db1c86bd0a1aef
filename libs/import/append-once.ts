import { AppendRefused, RevisionConflict, type EventStore } from '../event-store/event-store.js';
import { evolve } from '../recovery/case/case-evolve.js';
import { NOT_OPENED, type RecordedCaseEvent } from '../recovery/case/case-state.js';
import type { EventToAppend } from '../recovery/history.js';

export interface AppendedOnce {
  readonly added: number;
  readonly alreadyThere: number;
}

/** The events do not go on from what the stream holds by now. */
export class DoesNotFold extends Error {}

/** Well below what one append carries, for events of common size. */
const AT_ONCE = 500;

/**
 * Appends those of the events that the stream does not hold yet. In the common case that is one append: the store
 * answers the same events at the same place as it did the first time, and `end`, where history ended before the
 * import, tells the two apart.
 * @throws DoesNotFold where the stream has gone on since in a way that the events contradict.
 */
export async function appendOnce(
  store: EventStore,
  stream: string,
  events: readonly EventToAppend[],
  end: string,
): Promise<AppendedOnce> {
  if (events.length <= AT_ONCE) {
    try {
      const { position } = await store.append(stream, events, 0);
      return position > end ? { added: events.length, alreadyThere: 0 } : { added: 0, alreadyThere: events.length };
    } catch (error) {
      if (error instanceof AppendRefused) throw new DoesNotFold(error.message);
      if (!(error instanceof RevisionConflict)) throw error;
    }
  }
  return appendMissing(store, stream, events);
}

async function appendMissing(
  store: EventStore,
  stream: string,
  events: readonly EventToAppend[],
): Promise<AppendedOnce> {
  const { events: recorded, revision } = await store.readStream(stream);
  const there = new Set(recorded.map(({ id }) => id));
  const missing = events.filter(({ id }) => !there.has(id));
  if (stream.startsWith('case-')) refuseUnlessItFolds(recorded as readonly RecordedCaseEvent[], missing);
  let at = revision;
  for (let from = 0; from < missing.length; from += AT_ONCE) {
    const appended = await store.append(stream, missing.slice(from, from + AT_ONCE), at);
    at = appended.revision;
  }
  return { added: missing.length, alreadyThere: events.length - missing.length };
}

function refuseUnlessItFolds(recorded: readonly RecordedCaseEvent[], missing: readonly EventToAppend[]): void {
  try {
    const more = missing.map((event) => ({ ...event, revision: 0, position: '' }) as RecordedCaseEvent);
    [...recorded, ...more].reduce(evolve, NOT_OPENED);
  } catch (error) {
    throw new DoesNotFold(error instanceof Error ? error.message : String(error));
  }
}

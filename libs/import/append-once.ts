import { AppendRefused, RevisionConflict, type EventStore } from '../event-store/event-store.js';
import { appendBatches } from '../event-store/append-batches.js';
import { BrokenHistory } from '../recovery/case/broken-history.js';
import { caseDecider, type RecordedCaseEvent } from '../recovery/case/case.js';
import type { EventToAppend, RecordedEvent } from '../recovery/history.js';
import { isCorrection } from '../recovery/case/correction.js';
import type { PersonalData } from '../vault/personal-data.js';
import { changedRows } from './changed-rows.js';
import type { Origin, Rejected } from './mapping/map-case.js';
import { lacksRows, missingEvents, withdrawals } from './late-rows.js';

export interface Appended {
  readonly added: number;
  readonly alreadyThere: number;
  /** Of what was added, corrections of what earlier files said. */
  readonly corrected: number;
  /** Rows that say otherwise what no file can change. */
  readonly rejected: readonly Rejected[];
}

/** The events contradict what the stream holds. */
export class DoesNotFit extends Error {}

/** Undefined if they hold words of a forgotten customer. */
type Sealed = readonly EventToAppend[] | undefined;

/** A file's events for one stream. */
export interface StreamEvents {
  readonly stream: string;
  readonly plain: readonly EventToAppend[];
  /** The command ids of the rows that they come from. */
  readonly rows: ReadonlySet<string>;
  readonly origins: ReadonlyMap<string, Origin>;
  /** Made by the rules of then: what others would make of a row now is no word of its source. */
  readonly triaged: ReadonlySet<string>;
  readonly customer: string;
  /** UTC, ISO 8601. */
  readonly now: string;
  /** The events, sealed for that customer. */
  readonly sealed: Sealed;
  seal(this: void, plain: readonly EventToAppend[], customer: string): Promise<Sealed>;
  readonly open: PersonalData['open'];
}

/** One append carries so many events of common size. */
const MOST_IN_ONE_APPEND = 500;
/** When others append to the stream meanwhile. */
const RETRIES = 9;

/**
 * Appends the events that the stream doesn't hold yet, and corrects those that the file says otherwise. For a new stream
 * that is one append: the store answers a repeated append as the first time, and `end`, the end of history before the
 * import, shows which it was.
 * @throws DoesNotFit if the events contradict the stream, its customer was forgotten, or an event is too large
 * @throws RevisionConflict if others were faster each time
 */
export async function appendOnce(store: EventStore, source: StreamEvents, end: string): Promise<Appended> {
  const { stream, sealed } = source;
  if (sealed && sealed.length <= MOST_IN_ONE_APPEND) {
    try {
      const { position } = await store.append(stream, sealed, 0);
      if (position > end) return { added: sealed.length, alreadyThere: 0, corrected: 0, rejected: [] };
    } catch (error) {
      // Too large for one append, or the stream holds other events.
      if (!(error instanceof AppendRefused || error instanceof RevisionConflict)) throw error;
    }
  }
  return appendMissing(store, source);
}

async function appendMissing(store: EventStore, source: StreamEvents): Promise<Appended> {
  const { stream, plain, rows, now, origins, triaged, open } = source;
  const file = { events: plain, rows };
  let added = 0;
  let corrected = 0;
  for (let retries = RETRIES; ; retries--) {
    const { events: recorded, revision } = await store.readStream(stream);
    const changed = await changedRows({ recorded, events: plain, origins, now }, open);
    const ofCase = stream.startsWith('case-');
    const withdrawn = ofCase ? withdrawals(recorded, file, now).filter(({ data }) => !isTriaged(data, triaged)) : [];
    const toAppend = [...missingEvents(recorded, plain), ...withdrawn, ...changed.corrections];
    const missing = await sealedForOwner(recorded as readonly RecordedEvent[], toAppend, source);
    if (ofCase && missing.length > 0) {
      const lacking = lacksRows(recorded, file);
      if (lacking !== undefined) throw new DoesNotFit(lacking);
      refuseUnlessItFolds(recorded as readonly RecordedCaseEvent[], missing);
    }
    let at = revision;
    try {
      for (const batch of appendBatches(missing)) {
        at = (await store.append(stream, batch, at)).revision;
        added += batch.length;
        corrected += batch.filter(isCorrection).length;
      }
      return { added, alreadyThere: plain.length - (added - corrected), corrected, rejected: changed.rejected };
    } catch (error) {
      if (error instanceof AppendRefused) throw new DoesNotFit(error.message);
      // Somebody works on the case meanwhile: read what they did, which may contradict the events.
      if (!(error instanceof RevisionConflict) || retries === 0) throw error;
    }
  }
}

/** A stream keeps its customer's shard and key, even if the source now names another customer. */
async function sealedForOwner(
  [first]: readonly RecordedEvent[],
  missing: readonly EventToAppend[],
  { customer, seal }: StreamEvents,
): Promise<readonly EventToAppend[]> {
  const owner = first && 'customer' in first.data ? first.data.customer : undefined;
  const inShard = first ? missing.map((event) => ({ ...event, shard: first.shard })) : missing;
  const sealed = await seal(inShard, owner ?? customer);
  if (!sealed) throw new DoesNotFit("Its customer was forgotten, so Amends can't store their words.");
  return sealed;
}

function refuseUnlessItFolds(recorded: readonly RecordedCaseEvent[], missing: readonly EventToAppend[]): void {
  try {
    const more = missing.map(
      (event, i) => ({ ...event, revision: recorded.length + i + 1, position: '' }) as RecordedCaseEvent,
    );
    [...recorded, ...more].reduce(caseDecider.evolve, caseDecider.initialState);
  } catch (error) {
    if (!(error instanceof BrokenHistory)) throw error;
    throw new DoesNotFit(error.message);
  }
}

const isTriaged = (data: object, triaged: ReadonlySet<string>): boolean =>
  'correctsType' in data && triaged.has(String(data.correctsType));

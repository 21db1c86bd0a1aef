import { idOf } from '../event-sourcing/identity.js';
import type { Recorded } from '../event-sourcing/event.js';
import { byOccurrence } from '../event-sourcing/occurrence.js';
import type { EventOf } from '../event-sourcing/declared-event.js';
import { customerIn, isCorrection, type EventCorrected } from '../recovery/case/correction.js';
import { stated } from '../event-sourcing/stated.js';
import { DECLARATIONS, type EventToAppend } from '../recovery/history.js';

/** What a file says of a case now, beside what was recorded of it. */
export interface CaseOfFile {
  /** In the order of the file. */
  readonly events: readonly EventToAppend[];
  /** The command ids of its rows. */
  readonly rows: ReadonlySet<string>;
}

const placeOf = ({ sequence, revision }: Recorded): number => sequence ?? revision;

/** The events that the stream lacks. Those that the source has before recorded ones are placed there by `sequence`. */
export function missingEvents(recorded: readonly Recorded[], events: readonly EventToAppend[]): EventToAppend[] {
  const known = new Map(recorded.map((event) => [event.id, event]));
  const first = Math.min(...recorded.filter(({ imported }) => imported).map(placeOf));
  const missing: EventToAppend[] = [];
  let run: EventToAppend[] = [];
  let before: number | undefined;
  const place = (after: number): void => {
    const from = before ?? after - 1;
    const step = (after - from) / (run.length + 1);
    missing.push(...run.map((event, i) => ({ ...event, sequence: from + step * (i + 1) })));
    run = [];
  };
  for (const event of events) {
    const there = known.get(event.id);
    if (!there) {
      run.push(event);
      continue;
    }
    place(placeOf(there));
    before = placeOf(there);
  }
  // Rows before all that were recorded, in a file of their own, come before them; others are recorded last.
  if (before === undefined && Number.isFinite(first)) place(first);
  return [...missing, ...run];
}

/**
 * Withdrawals of what rows said before, and no longer say beside the rows that are read now. For a mapping compares each
 * row with the one before it.
 */
export function withdrawals(recorded: readonly Recorded[], { events, rows }: CaseOfFile, now: string): EventToAppend[] {
  const said = new Set(events.map(({ id }) => id));
  // What people put right stands, and what was withdrawn is gone already.
  const settled = new Set(
    recorded
      .filter(isCorrection)
      .filter(({ data, imported }) => data.withdrawn ?? !imported)
      .map(({ data }) => data.corrects),
  );
  return recorded
    .filter(
      (event) =>
        event.imported &&
        rows.has(event.commandId) &&
        !said.has(event.id) &&
        !settled.has(event.id) &&
        !isCorrection(event),
    )
    .map((event) =>
      correctionOf(event, {
        ...{ commandId: idOf(event.id, 'withdrawn by its source'), now },
        ...{ withdrawn: true, reason: 'The rows before it were put right' },
      }),
    );
}

interface PutRight extends Pick<EventOf<typeof EventCorrected>['data'], 'withdrawn' | 'set' | 'reason'> {
  readonly commandId: string;
  readonly now: string;
}

/** The source's own correction of what it said. */
export function correctionOf(wrong: Recorded, { commandId, now, withdrawn, set, reason }: PutRight): EventToAppend {
  const { id, type, stream, shard, programme, actor, correlationId } = wrong;
  const customer = withdrawn && customerIn(wrong);
  return {
    ...{ id: commandId, type: 'EventCorrected', schemaVersion: DECLARATIONS.EventCorrected.schemaVersion },
    ...{ stream, shard, programme, occurredAt: now, knownAt: now, recordedAt: now, actor },
    ...{ commandId, correlationId, causationId: commandId, imported: true },
    data: stated({ corrects: id, correctsType: type, withdrawn, set, reason, customer }),
  };
}

/**
 * Why the rows of a file can't be read without those of the case that were imported before: a mapping compares each row
 * with the one before it. Rows before all others can.
 */
export function lacksRows(recorded: readonly Recorded[], { events, rows }: CaseOfFile): string | undefined {
  const earlier = recorded.filter(
    (event) => event.imported && event.stream === events[0]?.stream && !isCorrection(event),
  );
  const lacking = new Set(earlier.map(({ commandId }) => commandId).filter((row) => !rows.has(row))).size;
  const first = earlier.toSorted(byOccurrence)[0];
  if (lacking === 0 || first === undefined || events.every(({ occurredAt }) => occurredAt < first.occurredAt))
    return undefined;
  return `The file lacks ${lacking} ${lacking === 1 ? 'row' : 'rows'} of this case that ${lacking === 1 ? 'was' : 'were'} imported before. Import the case with all its rows.`;
}

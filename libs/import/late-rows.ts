import { idOf } from '../event-sourcing/identity.js';
import type { Recorded } from '../event-sourcing/event.js';
import { byOccurrence } from '../event-sourcing/occurrence.js';
import { customerIn, isCorrection } from '../recovery/case/correction.js';
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
  const corrected = new Set(recorded.filter(isCorrection).map(({ data }) => data.corrects));
  return recorded
    .filter(
      (event) =>
        event.imported &&
        rows.has(event.commandId) &&
        !said.has(event.id) &&
        !corrected.has(event.id) &&
        !isCorrection(event),
    )
    .map((event) => {
      const { id, type, stream, shard, programme, actor, correlationId } = event;
      const commandId = idOf(id, 'withdrawn by its source');
      const data = stated({
        corrects: id,
        correctsType: type,
        withdrawn: true as const,
        reason: 'The rows before it were put right',
        customer: customerIn(event),
      });
      return {
        ...{ id: commandId, type: 'EventCorrected', schemaVersion: DECLARATIONS.EventCorrected.schemaVersion },
        ...{ stream, shard, programme, occurredAt: now, knownAt: now, recordedAt: now, actor },
        ...{ commandId, correlationId, causationId: commandId, imported: true, data },
      };
    });
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

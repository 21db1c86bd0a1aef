import { isDeepStrictEqual } from 'node:util';
import { byOccurrence } from '../event-sourcing/occurrence.js';
import { cases } from '../read-models/cases.js';
import { Inputs } from '../read-models/inputs.js';
import { caseAsRead, changesReading } from '../recovery/case/case-reading.js';
import { advanceClocks, type CaseClocks } from '../recovery/clocks/case-clocks.js';
import { placeOf, type Clock } from '../recovery/clocks/clock.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { evolversOf } from '../replay/fold/fold-stream.js';

interface Change {
  readonly from: unknown;
  readonly to: unknown;
}

/** The fields that one event changed, of the case and of its clocks ("clock resolve/1 dueAt"). */
export interface AuditStep {
  readonly event: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly changed: Readonly<Record<string, Change>>;
}

interface Snapshot {
  readonly fact: object | undefined;
  readonly clocks: CaseClocks | undefined;
}

const EMPTY: Snapshot = { fact: undefined, clocks: undefined };

const CHANGED_BY_EVERY_EVENT: ReadonlySet<string> = new Set(['lastEventAt', 'revision']);

const evolvers = evolversOf<Inputs>(cases);

/**
 * One step for each event, in the order recorded. The step of a correction, or of an event that was recorded late, shows
 * what it changed in the case as it is now read.
 */
export function stepsOfCase(events: readonly RecordedEvent[], books: RuleBooks): readonly AuditStep[] {
  const inputs = new Inputs(books);
  const fold = (now: Snapshot, event: RecordedEvent): Snapshot => step(now, event, inputs);
  let now = EMPTY;
  let shown = fieldsOf(now, inputs);
  let latest: RecordedEvent | undefined;
  return events.map((event, i) => {
    const isReadAgain = latest !== undefined && changesReading(event, latest);
    now = isReadAgain ? caseAsRead(events.slice(0, i + 1)).reduce(fold, EMPTY) : fold(now, event);
    if (latest === undefined || byOccurrence(latest, event) < 0) latest = event;
    const before = shown;
    shown = fieldsOf(now, inputs);
    return { event: event.id, type: event.type, occurredAt: event.occurredAt, changed: differences(before, shown) };
  });
}

function step({ fact, clocks }: Snapshot, event: RecordedEvent, inputs: Inputs): Snapshot {
  const evolve = evolvers.get(event.type);
  return {
    fact: evolve ? evolve(fact, event, inputs) : fact,
    clocks: advanceClocks(clocks, event, inputs.rules),
  };
}

/** The fields of the case's document, and of its clocks. */
function fieldsOf({ fact, clocks }: Snapshot, inputs: Inputs): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  const [shown] = fact ? (cases.documents?.(fact as never, '', inputs) ?? []) : [];
  for (const [name, value] of Object.entries(shown?.[1] ?? {}))
    if (!CHANGED_BY_EVERY_EVENT.has(name)) fields[name] = value;
  for (const clock of clocks?.clocks ?? []) {
    const { target: _, cycle: __, reply: ___, ...rest } = clock;
    for (const [name, value] of Object.entries(rest satisfies Partial<Clock>))
      fields[`clock ${placeOf(clock, '/')} ${name}`] = value;
  }
  return fields;
}

function differences(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): AuditStep['changed'] {
  const changed: Record<string, Change> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [from, to] = [before[name] ?? null, after[name] ?? null];
    if (!isDeepStrictEqual(from, to)) changed[name] = { from, to };
  }
  return changed;
}

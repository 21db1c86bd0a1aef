import { isDeepStrictEqual } from 'node:util';
import type { Recorded } from '../event-sourcing/event.js';
import type { Inputs } from '../read-models/inputs.js';
import { cases } from '../read-models/cases.js';
import type { CaseDocument } from '../read-models/case-document.js';
import type { CaseEvent } from '../recovery/case/case-events.js';
import { asCorrected } from '../recovery/case/correction.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { advanceClocks, type CaseClocks } from '../recovery/clocks/case-clocks.js';
import type { Clock } from '../recovery/clocks/clock.js';

interface Change {
  readonly from: unknown;
  readonly to: unknown;
}

/** What one event changed: fields of the case, and of its clocks, such as "clock resolve/1 dueAt". */
export interface AuditStep {
  readonly event: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly changed: Readonly<Record<string, Change>>;
}

interface Standing {
  readonly document: CaseDocument | undefined;
  readonly clocks: CaseClocks | undefined;
}

const BEGINNING: Standing = { document: undefined, clocks: undefined };

/** Every event changes these. */
const UNTOLD: ReadonlySet<string> = new Set(['lastEventAt', 'revision']);

/** One case, event by event, in the order recorded; what a correction changes is told at the correction. */
export function stepsOfCase(events: readonly RecordedEvent[], books: RuleBooks): readonly AuditStep[] {
  const inputs: Inputs = { rules: books };
  let before = BEGINNING;
  return events.map((event, i) => {
    const after =
      event.type === 'EventCorrected' ? told(corrected(events.slice(0, i + 1)), inputs) : step(before, event, inputs);
    const changed = differences(fieldsOf(before), fieldsOf(after));
    before = after;
    return { event: event.id, type: event.type, occurredAt: event.occurredAt, changed };
  });
}

const corrected = (events: readonly RecordedEvent[]): readonly RecordedEvent[] =>
  asCorrected(events as readonly Recorded<CaseEvent>[]) as readonly RecordedEvent[];

const told = (events: readonly RecordedEvent[], inputs: Inputs): Standing =>
  events.reduce((now, event) => step(now, event, inputs), BEGINNING);

type Evolve = (fact: CaseDocument | undefined, event: RecordedEvent, inputs: Inputs) => CaseDocument | undefined;

function step({ document, clocks }: Standing, event: RecordedEvent, inputs: Inputs): Standing {
  const evolve = (cases.evolve as Readonly<Record<string, Evolve | undefined>>)[event.type];
  return {
    document: evolve ? evolve(document, event, inputs) : document,
    clocks: advanceClocks(clocks, event, inputs.rules),
  };
}

function fieldsOf({ document, clocks }: Standing): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(document ?? {})) if (!UNTOLD.has(name)) fields[name] = value;
  for (const clock of clocks?.clocks ?? []) {
    const { target, cycle, ...rest } = clock;
    for (const [name, value] of Object.entries(rest satisfies Partial<Clock>))
      fields[`clock ${target}/${cycle} ${name}`] = value;
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

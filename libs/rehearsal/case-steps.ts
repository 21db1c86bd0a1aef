import { isDeepStrictEqual } from 'node:util';
import { Inputs } from '../read-models/inputs.js';
import { cases } from '../read-models/cases.js';
import type { CaseDocument } from '../read-models/case-document.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { advanceClocks, type CaseClocks } from '../recovery/clocks/case-clocks.js';
import type { Clock } from '../recovery/clocks/clock.js';
import { corrected } from './exported-case.js';

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
  readonly document: CaseDocument | undefined;
  readonly clocks: CaseClocks | undefined;
}

const EMPTY: Snapshot = { document: undefined, clocks: undefined };

const CHANGED_BY_EVERY_EVENT: ReadonlySet<string> = new Set(['lastEventAt', 'revision']);

/** One step for each event, in the order recorded. A correction's step shows what the correction changed. */
export function stepsOfCase(events: readonly RecordedEvent[], books: RuleBooks): readonly AuditStep[] {
  const inputs = new Inputs(books);
  let before = EMPTY;
  return events.map((event, i) => {
    const after =
      event.type === 'EventCorrected'
        ? corrected(events.slice(0, i + 1)).reduce((now, one) => step(now, one, inputs), EMPTY)
        : step(before, event, inputs);
    const changed = differences(fieldsOf(before), fieldsOf(after));
    before = after;
    return { event: event.id, type: event.type, occurredAt: event.occurredAt, changed };
  });
}

type Evolve = (fact: CaseDocument | undefined, event: RecordedEvent, inputs: Inputs) => CaseDocument | undefined;

function step({ document, clocks }: Snapshot, event: RecordedEvent, inputs: Inputs): Snapshot {
  const evolve = (cases.evolve as Readonly<Record<string, Evolve | undefined>>)[event.type];
  return {
    document: evolve ? evolve(document, event, inputs) : document,
    clocks: advanceClocks(clocks, event, inputs.rules),
  };
}

function fieldsOf({ document, clocks }: Snapshot): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(document ?? {}))
    if (!CHANGED_BY_EVERY_EVENT.has(name)) fields[name] = value;
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

import { instant } from '../recovery/fast/instants.js';
import { CASE_FIELDS, ofEachCase } from './case-stream.js';
import type { OpenedCase } from '../recovery/case/case-state.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { PartOfInputs, ReadModel } from './inputs.js';

/** Milliseconds from the opening to each step, of the wall clock and of working time. */
const NOT_YET = {
  alertWallMs: null,
  alertWorkingMs: null,
  acknowledgeWallMs: null,
  acknowledgeWorkingMs: null,
  firstContactWallMs: null,
  firstContactWorkingMs: null,
  resolveWallMs: null,
  resolveWorkingMs: null,
  approveWallMs: null,
  approveWorkingMs: null,
};

type Reached = Readonly<Record<keyof typeof NOT_YET, number | null>>;

interface TimesFact {
  readonly programme: string;
  readonly case: OpenedCase;
  readonly reached: Reached;
}

/** From the opening to an event: of the wall clock, and of working time if there is a calendar. */
function taken(
  { case: { openedAt } }: TimesFact,
  { programme, occurredAt }: RecordedEvent,
  { rules }: PartOfInputs<'calendars'>,
): [wallMs: number, workingMs: number | null] {
  const [from, to] = [instant(openedAt), instant(occurredAt)];
  const calendar = rules.at(programme, occurredAt)?.calendars.values().next().value;
  return [Math.max(0, to - from), calendar ? calendar.workingMs(from, to) : null];
}

/** First reached counts for alert, acknowledge and contact; last reached for what a return or a reopening undoes. */
function reachedBy(fact: TimesFact, event: RecordedEvent, inputs: PartOfInputs<'calendars'>): Reached {
  const { reached } = fact;
  switch (event.type) {
    case 'OwnerAlerted': {
      if (reached.alertWallMs !== null || event.data.breaches) return reached;
      const [alertWallMs, alertWorkingMs] = taken(fact, event, inputs);
      return { ...reached, alertWallMs, alertWorkingMs };
    }
    case 'CaseAcknowledged': {
      if (reached.acknowledgeWallMs !== null) return reached;
      const [acknowledgeWallMs, acknowledgeWorkingMs] = taken(fact, event, inputs);
      return { ...reached, acknowledgeWallMs, acknowledgeWorkingMs };
    }
    case 'ContactAttempted': {
      const isReached = event.data.outcome === 'reached' && event.occurredAt >= fact.case.openedAt;
      if (reached.firstContactWallMs !== null || !isReached) return reached;
      const [firstContactWallMs, firstContactWorkingMs] = taken(fact, event, inputs);
      return { ...reached, firstContactWallMs, firstContactWorkingMs };
    }
    case 'CaseSubmitted':
    case 'CaseGivenUp': {
      const [resolveWallMs, resolveWorkingMs] = taken(fact, event, inputs);
      return { ...reached, resolveWallMs, resolveWorkingMs };
    }
    case 'CaseApproved': {
      const [approveWallMs, approveWorkingMs] = taken(fact, event, inputs);
      return { ...reached, approveWallMs, approveWorkingMs };
    }
    case 'CaseReturned':
      return { ...reached, resolveWallMs: null, resolveWorkingMs: null };
    default:
      return reached;
  }
}

function evolve(
  before: TimesFact | undefined,
  event: RecordedEvent,
  inputs: PartOfInputs<'calendars'>,
): TimesFact | undefined {
  const now = inputs.cases.after(before?.case, event);
  if (!now) return undefined;
  if (!before) return { programme: event.programme, case: now, reached: NOT_YET };
  const reached = reachedBy(before, event, inputs);
  return now === before.case && reached === before.reached ? before : { ...before, case: now, reached };
}

/** One document a case. Working time is counted in the first calendar of the rule set in force at the step. */
export const times: ReadModel<TimesFact, ['calendars']> = {
  name: 'times',
  version: 5,
  reads: ['calendars'],
  fields: {
    case: 'string',
    programme: 'string',
    ...CASE_FIELDS,
    month: 'string',
    openedAt: 'instant',
    ...Object.fromEntries(Object.keys(NOT_YET).map((field) => [field, 'integer' as const])),
  },
  indexes: [],
  lookups: [['programme', 'month']],
  ...ofEachCase(evolve),
  documents: ({ programme, case: { facts, openedAt }, reached }, key) => {
    const { kind, priority, team, owner, touchpoint, product } = facts;
    const document = {
      case: key,
      programme,
      kind,
      priority,
      team,
      owner,
      touchpoint,
      product,
      month: openedAt.slice(0, 7),
      openedAt,
      ...reached,
    };
    return [[key, document]];
  },
};

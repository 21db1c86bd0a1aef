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

type TimedStep = 'alert' | 'acknowledge' | 'firstContact' | 'resolve' | 'approve';
type Reached = Readonly<Record<keyof typeof NOT_YET, number | null>>;

interface TimesFact {
  readonly programme: string;
  readonly case: OpenedCase;
  readonly reached: Reached;
}

/** First reached counts for alert, acknowledge and contact; last reached for what a return or a reopening undoes. */
function reachedBy(
  { case: { openedAt }, reached }: TimesFact,
  event: RecordedEvent,
  { rules }: PartOfInputs<'calendars'>,
): Reached {
  const first = (step: TimedStep): Reached => (reached[`${step}WallMs`] === null ? last(step) : reached);
  const last = (step: TimedStep): Reached => {
    const { programme, occurredAt } = event;
    const [from, to] = [instant(openedAt), instant(occurredAt)];
    const calendar = rules.at(programme, occurredAt)?.calendars.values().next().value;
    return {
      ...reached,
      [`${step}WallMs`]: Math.max(0, to - from),
      [`${step}WorkingMs`]: calendar ? calendar.workingMs(from, to) : null,
    };
  };
  switch (event.type) {
    case 'OwnerAlerted':
      return event.data.breaches ? reached : first('alert');
    case 'CaseAcknowledged':
      return first('acknowledge');
    case 'ContactAttempted':
      return event.data.outcome === 'reached' && event.occurredAt >= openedAt ? first('firstContact') : reached;
    case 'CaseSubmitted':
    case 'CaseGivenUp':
      return last('resolve');
    case 'CaseApproved':
      return last('approve');
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
  indexes: [['programme', 'month']],
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

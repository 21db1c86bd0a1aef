import { instant } from '../recovery/fast/instants.js';
import { caseOf, correctedCase } from './case-stream.js';
import type { PartOfInputs, ReadModel } from './inputs.js';

/** From the opening of a case to each step first reached: milliseconds, of the wall clock and of working time. */
export type TimesDocument = {
  readonly case: string;
  readonly programme: string;
  readonly kind: string;
  readonly priority: string;
  readonly team: string | null;
  readonly owner: string | null;
  readonly touchpoint: string | null;
  readonly product: string | null;
  readonly month: string;
  readonly openedAt: string;
} & Readonly<Record<`${TimedStep}${'Wall' | 'Working'}Ms`, number | null>>;

export const TIMED_STEPS = ['alert', 'acknowledge', 'firstContact', 'resolve', 'approve'] as const;
export type TimedStep = (typeof TIMED_STEPS)[number];

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

interface Happened {
  readonly programme: string;
  readonly occurredAt: string;
}

/** First reached counts for alert, acknowledge and contact; last reached for what a return or a reopening undoes. */
const reached = (step: TimedStep, again: 'first' | 'last') => {
  const [wall, working] = [`${step}WallMs`, `${step}WorkingMs`] as const;
  return (
    times: TimesDocument | undefined,
    { programme, occurredAt }: Happened,
    { rules }: PartOfInputs<'calendars'>,
  ): TimesDocument | undefined => {
    if (!times || (again === 'first' && times[wall] !== null)) return times;
    const [from, to] = [instant(times.openedAt), instant(occurredAt)];
    const calendar = rules.at(programme, occurredAt)?.calendars.values().next().value;
    return {
      ...times,
      [wall]: Math.max(0, to - from),
      [working]: calendar ? calendar.workingMs(from, to) : null,
    };
  };
};

const contacted = reached('firstContact', 'first');

/** One document a case. Working time is counted in the first calendar of the rule set in force at the step. */
export const times: ReadModel<TimesDocument, ['calendars']> = {
  name: 'times',
  version: 1,
  reads: ['calendars'],
  fields: {
    case: 'string',
    programme: 'string',
    kind: 'string',
    priority: 'string',
    team: 'string',
    owner: 'string',
    touchpoint: 'string',
    product: 'string',
    month: 'string',
    openedAt: 'instant',
    alertWallMs: 'integer',
    alertWorkingMs: 'integer',
    acknowledgeWallMs: 'integer',
    acknowledgeWorkingMs: 'integer',
    firstContactWallMs: 'integer',
    firstContactWorkingMs: 'integer',
    resolveWallMs: 'integer',
    resolveWorkingMs: 'integer',
    approveWallMs: 'integer',
    approveWorkingMs: 'integer',
  },
  indexes: [['programme', 'month']],
  ofOneStream: true,
  key: caseOf,
  evolve: {
    CaseOpened: (_, { data, programme, occurredAt }) => ({
      case: data.case,
      programme,
      kind: data.kind,
      priority: data.priority,
      team: data.team ?? null,
      owner: null,
      touchpoint: data.touchpoint ?? null,
      product: data.product ?? null,
      month: occurredAt.slice(0, 7),
      openedAt: occurredAt,
      ...NOT_YET,
    }),
    CaseAssigned: (times, { data }) => times && { ...times, owner: data.owner, team: data.team ?? times.team },
    CaseHandedOff: (times, { data }) => times && { ...times, owner: data.toOwner, team: data.toTeam ?? times.team },
    CasePriorityChanged: (times, { data }) => times && { ...times, priority: data.priority },
    OwnerAlerted: reached('alert', 'first'),
    CaseAcknowledged: reached('acknowledge', 'first'),
    ContactAttempted: (times, event, inputs) =>
      event.data.outcome === 'reached' ? contacted(times, event, inputs) : times,
    CaseSubmitted: reached('resolve', 'last'),
    CaseGivenUp: reached('resolve', 'last'),
    CaseApproved: reached('approve', 'last'),
    CaseReturned: (times) => times && { ...times, resolveWallMs: null, resolveWorkingMs: null },
  },
  restate: correctedCase,
};

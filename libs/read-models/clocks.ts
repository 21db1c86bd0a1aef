import type { Shown } from '../event-sourcing/projection.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { CaseClocks } from '../recovery/clocks/case-clocks.js';
import { clocksForeseen } from '../recovery/clocks/clocks-foreseen.js';
import type { Verdict } from '../recovery/vocabulary/words.js';
import { placeOf, type Clock } from '../recovery/clocks/clock.js';
import { CASE_FIELDS, ofEachCase } from './case-stream.js';
import type { Inputs, ReadModel } from './inputs.js';

interface ClocksFact {
  readonly programme: string;
  readonly reference: string | null;
  readonly clocks: CaseClocks;
}

/** After any event of a case: only its clocks know what it means to them. */
const advance = (fact: ClocksFact | undefined, event: RecordedEvent, inputs: Inputs): ClocksFact | undefined => {
  const clocks = inputs.clocks.after(fact?.clocks, event);
  if (!clocks) return undefined;
  if (fact) return clocks === fact.clocks ? fact : { ...fact, clocks };
  const reference = event.type === 'CaseOpened' ? event.data.reference : undefined;
  return { programme: event.programme, reference: reference ?? null, clocks };
};

const NO_PAUSES: Clock['pauses'] = [];

const shown = (key: string, fact: ClocksFact, target: string, clock: Clock | undefined, reported: Verdict | null) => {
  const { facts, openedAt } = fact.clocks.case;
  const { kind, priority, team, owner, touchpoint, product } = facts;
  const met = clock?.met ?? null;
  return {
    case: key,
    reference: fact.reference,
    programme: fact.programme,
    target,
    cycle: clock?.cycle ?? 0,
    /** Of a target for each message of the customer: which reply of the case was due. */
    reply: clock?.reply ?? null,
    state: clock?.state ?? ('unattached' as const),
    kind,
    priority,
    team,
    owner,
    touchpoint,
    product,
    openedAt,
    startedAt: clock?.startedAt ?? null,
    startedBy: clock?.startedBy ?? null,
    originalDueAt: clock?.originalDueAt ?? null,
    dueAt: clock?.dueAt ?? null,
    /** Of an earlier promise that was broken before its goal changed. */
    missedDueAt: clock?.missed?.dueAt ?? null,
    warnAt: clock?.warnAt ?? null,
    /** A clock that goes on after it is overdue. */
    breachedFrom: clock?.breachedFrom ?? null,
    /** The last time that it went on after it had stopped in the same cycle. */
    returnedAt: clock?.returnedAt ?? null,
    stoppedAt: clock?.stoppedAt ?? null,
    stoppedBy: clock?.stoppedBy ?? null,
    goalMs: clock?.goalMs ?? null,
    /** The goal as the rule set writes it. */
    within: clock?.within ?? null,
    workingMs: clock?.workingMs ?? null,
    wallMs: clock?.wallMs ?? null,
    /** Also false of a clock that was cancelled after it was due. */
    met,
    reported,
    disagrees: met !== null && reported !== null && met !== (reported === 'met'),
    ruleSet: clock?.ruleSet ?? null,
    pauses: clock?.pauses ?? NO_PAUSES,
  };
};

/** One promise on one case in one cycle, or one reply that was due; `unattached` where only a source's verdict is known. Instants or null. */
export type ClockDocument = Readonly<ReturnType<typeof shown>>;

export const clocks: ReadModel<ClocksFact, 'whole'> = {
  name: 'clocks',
  version: 12,
  reads: 'whole',
  fields: {
    case: 'string',
    reference: 'string',
    programme: 'string',
    target: 'string',
    cycle: 'integer',
    reply: 'integer',
    state: 'string',
    ...CASE_FIELDS,
    openedAt: 'instant',
    startedAt: 'instant',
    originalDueAt: 'instant',
    dueAt: 'instant',
    missedDueAt: 'instant',
    warnAt: 'instant',
    breachedFrom: 'instant',
    returnedAt: 'instant',
    stoppedAt: 'instant',
    goalMs: 'integer',
    within: 'string',
    workingMs: 'integer',
    wallMs: 'integer',
    met: 'boolean',
    reported: 'string',
    disagrees: 'boolean',
    ruleSet: 'string',
  },
  indexes: [],
  lookups: [
    ['state', 'dueAt'],
    // The timekeeper looks for what falls due.
    ['state', 'breachedFrom'],
    ['state', 'warnAt'],
  ],
  idBegins: 'case',
  ...ofEachCase(advance),
  documents: (fact, key, { rules }) => {
    const { reported } = fact.clocks;
    const clocks = clocksForeseen(fact.clocks, rules, fact.programme);
    // The source's own verdict, on the last clock.
    const reportedOn = (clock: Clock): Verdict | null => {
      const verdict = reported[clock.target];
      return verdict && clock === clocks.findLast(({ target }) => target === clock.target) ? verdict : null;
    };
    const unattached = Object.entries(reported).filter(([target]) => clocks.every((clock) => clock.target !== target));
    return [
      ...clocks.map((clock): Shown => {
        return [`${key}:${placeOf(clock)}`, shown(key, fact, clock.target, clock, reportedOn(clock))];
      }),
      ...unattached.map(([target, verdict]): Shown => {
        return [`${key}:${target}:0`, shown(key, fact, target, undefined, verdict)];
      }),
    ];
  },
};

import type { Shown } from '../event-sourcing/projection.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { CaseClocks } from '../recovery/clocks/case-clocks.js';
import { clocksForeseen } from '../recovery/clocks/clocks-foreseen.js';
import type { Clock } from '../recovery/clocks/clock.js';
import { caseOf, readingOfCase } from './case-stream.js';
import { onEachCaseEvent } from './case-event-types.js';
import type { Inputs, ReadModel } from './inputs.js';

interface ClocksFact {
  readonly programme: string;
  readonly reference: string | null;
  readonly openedAt: string;
  readonly clocks: CaseClocks;
}

/** One promise on one case in one cycle; `unattached` where only a source's verdict is known. Instants or null. */
export type ClockDocument = {
  readonly case: string;
  readonly reference: string | null;
  readonly programme: string;
  readonly target: string;
  readonly cycle: number;
  readonly state: Clock['state'] | 'unattached';
  readonly kind: string;
  readonly priority: string;
  readonly team: string | null;
  readonly owner: string | null;
  readonly touchpoint: string | null;
  readonly product: string | null;
  readonly openedAt: string;
  readonly startedAt: string | null;
  readonly startedBy: string | null;
  readonly originalDueAt: string | null;
  readonly dueAt: string | null;
  /** Of an earlier promise that was broken before its goal changed. */
  readonly missedDueAt: string | null;
  readonly warnAt: string | null;
  /** A clock still going after it is overdue. */
  readonly breachedFrom: string | null;
  /** The last time that it went on after it had stopped in the same cycle. */
  readonly returnedAt: string | null;
  readonly stoppedAt: string | null;
  readonly stoppedBy: string | null;
  readonly goalMs: number | null;
  readonly workingMs: number | null;
  readonly wallMs: number | null;
  /** False also of a clock that was cancelled after it was due. */
  readonly met: boolean | null;
  /** The source's own verdict, on the last cycle's clock. */
  readonly reported: 'met' | 'missed' | null;
  readonly disagrees: boolean;
  readonly ruleSet: string | null;
  readonly pauses: Clock['pauses'];
};

/** After any event of a case: only its clocks know what it means to them. */
const advance = (fact: ClocksFact | undefined, event: RecordedEvent, inputs: Inputs): ClocksFact | undefined => {
  const clocks = inputs.clocks.after(fact?.clocks, event);
  if (!clocks) return undefined;
  if (fact) return clocks === fact.clocks ? fact : { ...fact, clocks };
  const reference = event.type === 'CaseOpened' ? event.data.reference : undefined;
  return { programme: event.programme, reference: reference ?? null, openedAt: event.occurredAt, clocks };
};

const NO_PAUSES: Clock['pauses'] = [];

const shown = (
  key: string,
  fact: ClocksFact,
  target: string,
  clock: Clock | undefined,
  isLast: boolean,
): ClockDocument => {
  const { kind, priority, team, owner, touchpoint, product } = fact.clocks.case.facts;
  const reported = (isLast ? fact.clocks.reported[target] : undefined) ?? null;
  const met = clock?.met ?? null;
  return {
    case: key,
    reference: fact.reference,
    programme: fact.programme,
    target,
    cycle: clock?.cycle ?? 0,
    state: clock?.state ?? 'unattached',
    kind,
    priority,
    team,
    owner,
    touchpoint,
    product,
    openedAt: fact.openedAt,
    startedAt: clock?.startedAt ?? null,
    startedBy: clock?.startedBy ?? null,
    originalDueAt: clock?.originalDueAt ?? null,
    dueAt: clock?.dueAt ?? null,
    missedDueAt: clock?.missed?.dueAt ?? null,
    warnAt: clock?.warnAt ?? null,
    breachedFrom: clock?.breachedFrom ?? null,
    returnedAt: clock?.returnedAt ?? null,
    stoppedAt: clock?.stoppedAt ?? null,
    stoppedBy: clock?.stoppedBy ?? null,
    goalMs: clock?.goalMs ?? null,
    workingMs: clock?.workingMs ?? null,
    wallMs: clock?.wallMs ?? null,
    met,
    reported,
    disagrees: met !== null && reported !== null && met !== (reported === 'met'),
    ruleSet: clock?.ruleSet ?? null,
    pauses: clock?.pauses ?? NO_PAUSES,
  };
};

export const clocks: ReadModel<ClocksFact, 'whole'> = {
  name: 'clocks',
  version: 8,
  reads: 'whole',
  fields: {
    case: 'string',
    reference: 'string',
    programme: 'string',
    target: 'string',
    cycle: 'integer',
    state: 'string',
    kind: 'string',
    priority: 'string',
    team: 'string',
    owner: 'string',
    touchpoint: 'string',
    product: 'string',
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
    workingMs: 'integer',
    wallMs: 'integer',
    met: 'boolean',
    reported: 'string',
    disagrees: 'boolean',
    ruleSet: 'string',
  },
  indexes: [['case'], ['state', 'dueAt'], ['programme', 'target', 'priority']],
  ofOneStream: true,
  key: caseOf,
  evolve: onEachCaseEvent(advance),
  reading: readingOfCase,
  documents: (fact, key, { rules }) => {
    const { reported } = fact.clocks;
    const clocks = clocksForeseen(fact.clocks, rules, fact.programme);
    const isLast = (clock: Clock, index: number) =>
      !clocks.some(({ target }, at) => at > index && target === clock.target);
    const unattached = Object.keys(reported).filter((target) => clocks.every((clock) => clock.target !== target));
    return [
      ...clocks.map((clock, index): Shown => {
        const id = `${key}:${clock.target}:${clock.cycle}`;
        return [id, shown(key, fact, clock.target, clock, isLast(clock, index))];
      }),
      ...unattached.map((target): Shown => [`${key}:${target}:0`, shown(key, fact, target, undefined, true)]),
    ];
  },
};

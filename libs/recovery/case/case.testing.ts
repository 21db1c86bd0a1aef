import type { Actor } from '../../event-sourcing/event.js';
import { compileRules, type CompiledRules } from '../rules/compile.js';
import type { RuleSet } from '../rules/rule-set.js';
import { type CaseCommand, type CaseEvent, type RecordedCaseEvent, caseDecider } from './case.js';
import type { CaseContext } from './case-context.js';
import type { CaseState } from './case-state.js';

/** A case of one day of May 2031: who did what, when, then what is asked of it and what is decided. */
export const DAY = '2031-05-05';
export const time = (hour: string, day = DAY): string => `${day}T${hour}:00.000Z`;

export const ana: Actor = { id: 'ana', role: 'agent' };
export const ben: Actor = { id: 'ben', role: 'agent' };
export const sue: Actor = { id: 'sue', role: 'supervisor' };
export const pia: Actor = { id: 'pia', role: 'approver' };

export interface Happened {
  readonly event: CaseEvent;
  readonly by?: Actor;
  readonly at?: string;
}

export const happened = (event: CaseEvent, by?: Actor, at?: string): Happened => ({
  event,
  ...(by && { by }),
  ...(at && { at }),
});

/** The n-th event of the case, from 1, under the id `e-n` and the command `c-n`. */
export const record = (n: number, { event, by = ana, at = time('09:00') }: Happened): RecordedCaseEvent => ({
  id: `e-${n}`,
  schemaVersion: 1,
  stream: 'case-k1',
  revision: n,
  position: String(n).padStart(8, '0'),
  shard: 7,
  programme: 'deliveries',
  occurredAt: at,
  knownAt: at,
  recordedAt: at,
  actor: by,
  commandId: `c-${n}`,
  correlationId: 'c-1',
  causationId: `c-${n}`,
  ...event,
});

export const fold = (...history: readonly (CaseEvent | Happened)[]): CaseState =>
  history
    .map((one, index) => record(index + 1, 'event' in one ? one : { event: one }))
    .reduce(caseDecider.evolve, caseDecider.initialState);

/** Given these events, when this is asked, then ... */
export const given = (...history: readonly (CaseEvent | Happened)[]) => ({
  when: (command: CaseCommand, context: Partial<CaseContext> = {}) =>
    caseDecider.decide(command, fold(...history), {
      now: time('12:00'),
      actor: ana,
      commandId: 'c-now',
      rules: undefined,
      ...context,
    }),
});

const RULES: RuleSet = {
  programme: 'deliveries',
  title: 'Rules of these tests',
  reviewBy: '2032-05-05',
  fallbackOwner: 'duty-manager',
  calendars: {},
  targets: [],
};

export const rules = (said: Partial<RuleSet>): CompiledRules => compileRules({ ...RULES, ...said });

export const opened: CaseEvent = {
  type: 'CaseOpened',
  data: { case: 'k1', customer: 'cus-1', kind: 'recover', priority: 'high', team: 'north', tags: [] },
};
export const assigned: CaseEvent = { type: 'CaseAssigned', data: { owner: 'ana', team: 'north', by: 'rule' } };
export const attempted: CaseEvent = { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'no-answer' } };
export const caused: CaseEvent = { type: 'RootCauseIdentified', data: { cause: ['process', 'billing'] } };
export const submitted: CaseEvent = { type: 'CaseSubmitted', data: {} };
export const approved = happened({ type: 'CaseApproved', data: {} }, pia);
export const owned = [opened, assigned] as const;
export const closed = [...owned, attempted, caused, submitted, approved] as const;

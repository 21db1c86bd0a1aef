import { createHash } from 'node:crypto';
import { caseAsRead } from '../case/case-reading.js';
import type { CaseEvent } from '../case/case.js';
import type { RecordedEvent } from '../history.js';
import { compileRules } from '../rules/compile.js';
import { ruleBooks, type RuleBooks } from '../rules/rule-book.js';
import type { RuleSet, TargetRule } from '../rules/rule-set.js';
import { advanceClocks, clocksAsOf, type CaseClocks } from './case-clocks.js';

/** An event of case c-1 and when it occurred. Ids are e1, e2, ... in the order of the history. */
export type Happened = readonly [occurredAt: string, event: CaseEvent];

export const opened = (priority = 'normal', more: object = {}): CaseEvent => ({
  type: 'CaseOpened',
  data: { case: 'c-1', customer: 'u-1', kind: 'recover', priority, tags: [], ...more },
});
export const prioritised = (priority: string): CaseEvent => ({ type: 'CasePriorityChanged', data: { priority } });
export const paused: CaseEvent = { type: 'CasePaused', data: { waitingOn: 'customer' } };
export const resumed: CaseEvent = { type: 'CaseResumed', data: {} };
export const submitted: CaseEvent = { type: 'CaseSubmitted', data: {} };
export const approved: CaseEvent = { type: 'CaseApproved', data: {} };
export const returned: CaseEvent = { type: 'CaseReturned', data: { reason: 'no cause' } };
export const merged: CaseEvent = { type: 'CaseMerged', data: { into: 'c-2' } };
export const noted: CaseEvent = { type: 'NoteAdded', data: { note: 'called' } };
export const reopened = (cycle: number): CaseEvent => ({ type: 'CaseReopened', data: { cycle } });

const written = (at: string) => new Date(at).toISOString();

export const record = (history: readonly Happened[], stream = 'case-c-1'): readonly RecordedEvent[] =>
  history.map(([occurredAt, event], i) => ({
    ...event,
    id: `e${i + 1}`,
    schemaVersion: 1,
    stream,
    revision: i + 1,
    position: String(i + 1).padStart(12, '0'),
    shard: createHash('sha256').update(stream).digest()[0] ?? 0,
    programme: 'care',
    occurredAt: written(occurredAt),
    knownAt: written(occurredAt),
    recordedAt: written(occurredAt),
    actor: { id: 'ana', role: 'agent' },
    commandId: `c${i + 1}`,
    correlationId: `c${i + 1}`,
    causationId: `c${i + 1}`,
  }));

/** Resolve within 8 working hours of Monday to Friday 9-17 UTC, held while the case is paused. */
export const RESOLVE = {
  id: 'resolve',
  title: 'Resolve',
  calendar: 'office',
  stop: { resolved: true },
  pause: { status: 'paused' },
  cancel: { status: 'merged' },
  goals: [
    { when: { priority: 'high' }, within: '4h' },
    { when: { priority: 'normal' }, within: '8h' },
  ],
  warnBefore: '1h',
} as const satisfies TargetRule;

const OFFICE = ['09:00-17:00'];

export const rulesOf = (targets: readonly TargetRule[], more: Partial<RuleSet> = {}): RuleSet => ({
  programme: 'care',
  title: 'Care',
  reviewBy: '2032-01-01',
  fallbackOwner: 'desk',
  calendars: {
    office: { zone: 'Etc/UTC', hours: { mon: OFFICE, tue: OFFICE, wed: OFFICE, thu: OFFICE, fri: OFFICE } },
  },
  targets,
  ...more,
});

/** Rules in a book; `foreseen` if they were activated before their time. */
export type Placed = readonly [from: string | null, ruleSet: RuleSet, announced?: 'foreseen'];

export const booksOf = (...entries: readonly Placed[]): RuleBooks =>
  ruleBooks({
    care: entries.map(([from, ruleSet, announced]) => ({
      from: from && written(from),
      rules: compileRules(ruleSet),
      ...(announced ? { foreseen: true } : {}),
    })),
  });

export const fold = (books: RuleBooks, ...history: readonly Happened[]): CaseClocks => {
  const clocks = caseAsRead(record(history)).reduce<CaseClocks | undefined>(
    (so, event) => advanceClocks(so, event, books),
    undefined,
  );
  if (!clocks) throw new Error('There is no case in this history.');
  return clocks;
};

export const asOf = (at: string, clocks: CaseClocks, books: RuleBooks) =>
  clocksAsOf(clocks, written(at), books, 'care');

import type { Recorded } from '../../event-sourcing/event.js';
import type { ClockEvent } from './clock-events.js';
import { placeOf } from './clock.js';

/** The notices of a case so far. A due time that moved is another promise, and may have another notice. */
export type ClockNotices = readonly Notice[];

export interface Notice {
  readonly type: ClockEvent['type'];
  /** Of which clock, or of what in which cycle. */
  readonly place: string;
  readonly dueAt: string;
  readonly ruleSet: string;
  /** Of a breach. */
  readonly breachedFrom?: string | undefined;
  /** Of an escalation. */
  readonly level?: number;
}

/** Of what is due for a case itself. */
export const placeOfCase = ({ type, cycle }: { readonly type: string; readonly cycle: number }): string =>
  `${type}:${cycle}`;

export function noticeOf({ type, data }: Recorded<ClockEvent>): Notice {
  if (!('target' in data))
    return { type, place: placeOfCase({ type, cycle: data.cycle }), dueAt: data.dueAt, ruleSet: '' };
  const notice = { type, place: placeOf(data), dueAt: data.dueAt, ruleSet: data.ruleSet };
  if ('breachedFrom' in data) return { ...notice, breachedFrom: data.breachedFrom };
  return 'level' in data ? { ...notice, level: data.level } : notice;
}

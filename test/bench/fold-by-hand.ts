import type { RecordedEvent } from '../../libs/recovery/history.js';

export interface Times {
  openedAt?: string;
  toAlertMs?: number;
  toAcknowledgeMs?: number;
  toFirstContactMs?: number;
  toResolveMs?: number;
  toApproveMs?: number;
}

/** The times of a case in a purpose-built loop: wall clock only, no corrections, no cycles. */
export function timesOfCases(times: Times | undefined, event: RecordedEvent): Times {
  const since = (): number => Date.parse(event.occurredAt) - Date.parse(times?.openedAt ?? event.occurredAt);
  switch (event.type) {
    case 'CaseOpened':
      return { openedAt: event.occurredAt };
    case 'OwnerAlerted':
      return { ...times, toAlertMs: since() };
    case 'CaseAcknowledged':
      return { ...times, toAcknowledgeMs: since() };
    case 'ContactAttempted':
      return times?.toFirstContactMs === undefined ? { ...times, toFirstContactMs: since() } : times;
    case 'CaseSubmitted':
      return { ...times, toResolveMs: since() };
    case 'CaseApproved':
      return { ...times, toApproveMs: since() };
    default:
      return times ?? {};
  }
}

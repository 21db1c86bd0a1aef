import { inWork, type OpenedCase } from '../case/case-state.js';
import { instant, isoOf } from '../fast/instants.js';
import type { RecordedEvent } from '../history.js';
import type { RuleBooks } from '../rules/rule-book.js';

/**
 * When the customer is to hear of the case again after one more event, by the rules in force when they last did: at its
 * opening, by an acknowledgement, an update, or a contact that reached them.
 */
export function progressDueAfter(
  before: string | null,
  event: RecordedEvent,
  rules: Pick<RuleBooks, 'at'>,
): string | null {
  if (!hear(event)) return before;
  const { programme, occurredAt } = event;
  const progress = rules.at(programme, occurredAt)?.progress;
  if (!progress) return null;
  const { calendar, everyMs } = progress;
  return isoOf(calendar ? calendar.add(instant(occurredAt), everyMs) : instant(occurredAt) + everyMs);
}

function hear(event: RecordedEvent): boolean {
  switch (event.type) {
    case 'CaseOpened':
    case 'CaseReopened':
    case 'CaseAcknowledged':
    case 'ProgressUpdateSent':
      return true;
    case 'ContactAttempted':
      return event.data.outcome === 'reached';
    default:
      return false;
  }
}

/** Updates go on until the work is handed in. */
export const progressDueOf = ({ facts }: OpenedCase, progressDueAt: string | null): string | null =>
  inWork(facts) ? progressDueAt : null;

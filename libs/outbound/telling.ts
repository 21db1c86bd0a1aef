import type { EventStore } from '../event-store/event-store.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { caseNow } from './case-now.js';
import { messagesFor, needsCase, type Telling } from './which-messages.js';

/** The messages that an event leads to, with what it must know looked up. */
export async function tellingOf(
  event: RecordedEvent,
  { events, rules }: { readonly events: Pick<EventStore, 'readStream'>; readonly rules: RuleBooks },
): Promise<readonly Telling[]> {
  if (event.imported === true) return [];
  const of = needsCase(event) && 'case' in event.data ? await caseNow(events, String(event.data.case)) : undefined;
  return messagesFor(event, { rules: rules.at(event.programme, event.occurredAt), case: of?.state });
}

import { fact } from '../../event-sourcing/declared-event.js';
import { refuse, type Decision } from '../../event-sourcing/decider.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import { ContactRetryDue, type ClockEvent } from '../clocks/clock-events.js';
import type { ClockNotices } from '../clocks/notice.js';
import { placeOfRetry } from '../clocks/notice.js';
import type { ClockContext } from '../clocks/standing-clocks.js';
import { command } from '../vocabulary/command.js';
import { Instant, Text, Whole } from '../vocabulary/fields.js';

export const RecordRetryDue = command('RecordRetryDue', {
  is: 'fact',
  comes: { inside: 'The timekeeper records it.' },
  fields: { case: Text(), cycle: Whole(), dueAt: Instant },
  needs: ['clocks'],
});

/** The next try to reach the customer is due: its owner is to be told, once for each due time. */
export function decideRetry(
  { case: id, cycle, dueAt }: CommandOf<typeof RecordRetryDue>,
  notices: ClockNotices,
  { now, clocks }: ClockContext,
): Decision<ClockEvent> {
  if (notices.some((notice) => notice.place === placeOfRetry({ cycle }) && notice.dueAt === dueAt)) return [];
  const facts = clocks?.factsAt(now);
  if (!clocks || clocks.contactDueAt !== dueAt || facts?.cycle !== cycle)
    return refuse(
      'retry-not-due',
      `The next try is due at ${clocks?.contactDueAt ?? 'no time'}, not at ${dueAt}.`,
      'Look again when it falls due.',
    );
  if (now < dueAt) return refuse('retry-too-early', `The next try is due at ${dueAt}.`, 'Record it from then on.');
  return [fact(ContactRetryDue, { case: id, cycle, dueAt, to: facts.owner ?? undefined, noticedAt: now })];
}

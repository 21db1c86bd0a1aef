import { fact } from '../../event-sourcing/declared-event.js';
import { refuse, type Decision } from '../../event-sourcing/decider.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import { ContactRetryDue, ProgressUpdateDue, type ClockEvent } from '../clocks/clock-events.js';
import { placeOfCase, type ClockNotices } from '../clocks/notice.js';
import type { ClockContext } from '../clocks/standing-clocks.js';
import { command } from '../vocabulary/command.js';
import { Instant, Text, Whole } from '../vocabulary/fields.js';

const comes = { inside: 'The timekeeper records it.' };
const fields = { case: Text(), cycle: Whole(), dueAt: Instant };
export const RecordRetryDue = command('RecordRetryDue', { is: 'fact', comes, fields, needs: ['clocks'] });
export const RecordProgressDue = command('RecordProgressDue', { is: 'fact', comes, fields, needs: ['clocks'] });

type Asked = CommandOf<typeof RecordRetryDue | typeof RecordProgressDue>;

/** Something is due that the owner of a case does for its customer: they are to be told, once for each due time. */
export function decideOwnersDue(
  { type, case: id, cycle, dueAt }: Asked,
  notices: ClockNotices,
  { now, clocks }: ClockContext,
): Decision<ClockEvent> {
  const declared = type === 'RecordRetryDue' ? ContactRetryDue : ProgressUpdateDue;
  const place = placeOfCase({ type: declared.type, cycle });
  if (notices.some((notice) => notice.place === place && notice.dueAt === dueAt)) return [];
  const facts = clocks?.factsAt(now);
  const standing = type === 'RecordRetryDue' ? clocks?.contactDueAt : clocks?.progressDueAt;
  if (standing !== dueAt || facts?.cycle !== cycle)
    return refuse(
      'due-at-another-time',
      `The owner has this to do at ${standing ?? 'no time'}, not at ${dueAt}.`,
      'Look again when it falls due.',
    );
  if (now < dueAt) return refuse('told-too-early', `The owner has this to do at ${dueAt}.`, 'Record it from then on.');
  return [fact(declared, { case: id, cycle, dueAt, to: facts.owner ?? undefined, noticedAt: now })];
}

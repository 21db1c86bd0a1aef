import { isDeepStrictEqual } from 'node:util';
import { inOneLine, shortened } from '../../../libs/event-sourcing/one-line.js';
import type { AuditedClock, AuditedEvent, CaseAudit } from '../../../libs/rehearsal/audit-case.js';
import type { Goal } from '../../../libs/recovery/clocks/clock.js';
import { isInWorkingDays } from '../../../libs/recovery/rules/duration.js';
import type { AuditStep } from '../../../libs/rehearsal/case-steps.js';
import { table } from '../output.js';

/** An audit as text: the events in the order in which they happened, then each clock with the intervals that it counted. */
export async function auditText(audit: CaseAudit): Promise<string> {
  const { reference, programme, knownAt, events, clocks, reported } = audit;
  const late = new Set(events.filter(isLate));
  const rows = events
    .toSorted((a, b) => (a.order && b.order ? a.order - b.order : a.occurredAt < b.occurredAt ? -1 : 1))
    .map((event) => [
      event.occurredAt,
      event.knownAt === event.occurredAt ? '' : event.knownAt,
      ...(late.size > 0 ? [late.has(event) ? event.recordedAt : ''] : []),
      event.correctedBy.length > 0 ? `${event.type} (corrected)` : event.type,
      `${event.actor.id} (${event.actor.role})`,
      factsOf(event.data),
    ]);
  const withoutClock = Object.entries(reported).filter(
    ([target]) => !clocks.some(({ clock }) => clock.target === target),
  );
  return [
    `Case ${audit.case}${reference === null ? '' : ` (${reference})`} of ${programme}${knownAt === null ? '' : `, as known at ${knownAt}`}`,
    '',
    await table(['occurred', 'known', ...(late.size > 0 ? ['recorded late'] : []), 'what', 'who', 'facts'], rows),
    ...(audit.steps ?? []).flatMap(stepLines),
    ...clocks.flatMap(clockLines),
    ...withoutClock.map(
      ([target, verdict]) => `\n${target}: the source says ${verdict}; there is no clock to compare it with`,
    ),
  ].join('\n');
}

/** Recorded after events that happened later. */
const isLate = ({ occurredAt, order }: AuditedEvent, index: number, events: readonly AuditedEvent[]): boolean =>
  order !== null && events.slice(0, index).some((earlier) => earlier.order && earlier.occurredAt > occurredAt);

/** Of the first event, only fields with a value. */
function stepLines({ type, occurredAt, changed }: AuditStep): string[] {
  const fields = Object.entries(changed).filter(([, { from, to }]) => from !== null || !isEmpty(to));
  return [
    '',
    `${occurredAt}  ${type}${fields.length === 0 ? ': changes nothing' : ''}`,
    ...fields.map(([name, change]) => `  ${name}: ${changeText(change)}`),
  ];
}

/** Of a list that grew, only the new items. */
function changeText({ from, to }: AuditStep['changed'][string]): string {
  if (from === null) return shown(to);
  const grew = Array.isArray(from) && Array.isArray(to) && isDeepStrictEqual(to.slice(0, from.length), from);
  return grew ? `+ ${to.slice(from.length).map(shown).join(', ')}` : `${shown(from)} > ${shown(to)}`;
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === false || (Array.isArray(value) && value.length === 0);

const shown = (value: unknown): string => inOneLine(value, LONGEST);

function clockLines({
  clock,
  title,
  verdict,
  reported,
  calendar,
  zone,
  until,
  counted,
  workingMs,
  held,
  timeZoneData,
}: AuditedClock): string[] {
  const disagrees = reported !== null && (verdict === 'met' || verdict === 'missed') && reported !== verdict;
  const { originalDueAt, dueAt } = clock;
  return [
    '',
    `${title} (${clock.target}, cycle ${clock.cycle}${clock.reply === undefined ? '' : `, reply ${clock.reply}`}): ${verdict.toUpperCase()}${clock.state === 'cancelled' && verdict === 'missed' ? ', then cancelled' : ''}${reported === null ? '' : `, the source says ${reported}${disagrees ? ' - THEY DISAGREE' : ''}`}`,
    `  goal       ${promised(clock)} in calendar ${calendar ?? 'always'} (${zone}, zones ${timeZoneData})`,
    `  rule set   ${clock.ruleSet}`,
    `  started    ${clock.startedAt} by event ${clock.startedBy}`,
    clock.stoppedAt === undefined
      ? `  read at    ${until}`
      : `  stopped    ${clock.stoppedAt} by event ${clock.stoppedBy}`,
    `  due        ${dueAt ?? '-'}${originalDueAt === dueAt ? '' : ` (first ${originalDueAt})`}`,
    ...(clock.missed
      ? [`  missed     ${clock.missed.dueAt}, by a goal of ${promised(clock.missed)}, changed later`]
      : []),
    ...(clock.returnedAt === undefined
      ? []
      : [`  went on    ${clock.returnedAt} by event ${clock.returnedBy}, after it had stopped`]),
    `  counted    ${hours(workingMs)} of working time:`,
    ...counted.map(({ from, to, ms }) => `    ${from}  ${to}  ${hours(ms)}`),
    ...held.map(
      ({ from, fromEvent, to, toEvent, heldMs }) =>
        `  held       ${from} (${fromEvent}) to ${to ?? 'now'} (${toEvent ?? '-'}): ${hours(heldMs)}`,
    ),
  ];
}

/** Working days as they were written: what they come to depends on the start. */
const promised = ({ within, goalMs }: Goal): string =>
  isInWorkingDays(within) ? `${within}, which came to ${hours(goalMs)}` : hours(goalMs);

const hours = (ms: number): string => `${(ms / 3_600_000).toFixed(2)} h`;

const LONGEST = 90;

/** An event's facts on one line, without the ids that other columns show. */
function factsOf(data: unknown): string {
  const text = Object.entries(data as Readonly<Record<string, unknown>>)
    .filter(
      ([field, value]) =>
        !['case', 'customer', 'response'].includes(field) && !(Array.isArray(value) && value.length === 0),
    )
    .map(([field, value]) => `${field}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
  return shortened(text, LONGEST);
}

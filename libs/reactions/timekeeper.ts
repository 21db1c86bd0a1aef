import { stated } from '../event-sourcing/stated.js';
import type { Filter } from '../filter/filter.js';
import { levelsDueAt } from '../recovery/clocks/escalation.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { placeOf } from '../recovery/clocks/clock.js';
import { effectOn, type Effect } from './effect.js';

/** What falls due by itself, and no event says so. */
export type DueKind = 'breach' | 'warning' | 'escalation' | 'retry' | 'progress' | 'pause-end' | 'review';

/** Something that falls due at an instant, as a read model knows it. The command decides whether it still does. */
export interface Due {
  readonly kind: DueKind;
  /** The same each time for the same promise. */
  readonly id: string;
  /** UTC, ISO 8601. */
  readonly at: string;
  readonly programme: string;
  /** Of what falls due for a case. */
  readonly case: string;
  readonly cycle: number;
  /** What the clock promises, when the next try is due, or when the pause ends; of a review the day. */
  readonly dueAt: string;
  /** Of a clock. */
  readonly target?: string;
  readonly reply?: number;
  /** Of a clock and of a review. */
  readonly ruleSet?: string;
  /** Of an escalation. */
  readonly level?: number;
}

/** What the read model of clocks says of one. */
export interface ClockAsListed {
  readonly state: string;
  readonly programme: string;
  readonly case: string;
  readonly target: string;
  readonly cycle: number;
  readonly reply: number | null;
  readonly met: boolean | null;
  readonly dueAt: string | null;
  readonly missedDueAt: string | null;
  readonly breachedFrom: string | null;
  readonly warnAt: string | null;
  readonly ruleSet: string | null;
}

/** What the read model of the work says of a case. */
export interface CaseAsListed {
  readonly programme: string;
  readonly case: string;
  readonly cycle: number;
  readonly contactDueAt: string | null;
  readonly progressDueAt?: string | null;
  readonly pausedUntil: string | null;
}

/** From an instant on, and before another. */
export interface Span {
  readonly from: string;
  readonly before: string;
}

/** A look at an index of a read model that leads to what falls due in a span, and to nothing else. */
export interface ClockLook {
  readonly kind: 'breach' | 'warning';
  readonly collection: 'clocks';
  /** The field whose instant it falls due at. */
  readonly by: 'breachedFrom' | 'warnAt';
  readonly state: 'running' | 'paused' | 'completed' | 'cancelled';
  /** Of clocks that go on. Of those that stopped only the broken ones count. */
  readonly open: boolean;
}

export interface CaseLook {
  readonly kind: 'retry' | 'progress' | 'pause-end';
  readonly collection: 'queues';
  readonly by: 'contactDueAt' | 'progressDueAt' | 'pausedUntil';
}

export type Look = ClockLook | CaseLook;

const OPEN = ['running', 'paused'] as const;
const STOPPED = ['completed', 'cancelled'] as const;

/** A clock that stopped late was broken all the same, though it stopped before anybody looked. */
export const CLOCK_LOOKS: readonly ClockLook[] = [
  ...OPEN.map((state) => ({ kind: 'breach', collection: 'clocks', by: 'breachedFrom', state, open: true }) as const),
  ...STOPPED.map(
    (state) => ({ kind: 'breach', collection: 'clocks', by: 'breachedFrom', state, open: false }) as const,
  ),
  ...OPEN.map((state) => ({ kind: 'warning', collection: 'clocks', by: 'warnAt', state, open: true }) as const),
];

export const CASE_LOOKS: readonly CaseLook[] = [
  { kind: 'retry', collection: 'queues', by: 'contactDueAt' },
  { kind: 'progress', collection: 'queues', by: 'progressDueAt' },
  { kind: 'pause-end', collection: 'queues', by: 'pausedUntil' },
];

export const LOOKS: readonly Look[] = [...CLOCK_LOOKS, ...CASE_LOOKS];

/** Those at what goes on. */
export const OPEN_LOOKS: readonly Look[] = [...CLOCK_LOOKS.filter(({ open }) => open), ...CASE_LOOKS];

export function filterOf(look: Look, { from, before }: Span): Filter {
  const inSpan = { [look.by]: { $gte: from, $lt: before } };
  if (look.collection === 'queues') return inSpan;
  return { state: look.state, ...inSpan, ...(!look.open && { met: false }) };
}

/** The clocks of some cases that fall due in a span by any look. */
export const filterOfCases = (cases: readonly string[], { from, before }: Span): Filter => ({
  case: { $in: [...cases] },
  $or: [{ breachedFrom: { $gte: from, $lt: before } }, { warnAt: { $gte: from, $lt: before } }],
});

/** What a clock has that falls due in a span by a look. */
export function dueByClock(look: ClockLook, clock: ClockAsListed, { from, before }: Span): Due | undefined {
  const { state, met, case: id, programme, target, cycle, reply, dueAt, missedDueAt, ruleSet } = clock;
  const at = clock[look.by];
  const promised = look.kind === 'breach' ? (missedDueAt ?? dueAt) : dueAt;
  if (state !== look.state || (!look.open && met !== false) || at === null || promised === null) return undefined;
  if (at < from || at >= before) return undefined;
  const { kind } = look;
  const place = placeOf({ target, cycle, reply });
  return stated({
    kind,
    id: `${id}/${place}/${kind}/${promised}`,
    at,
    programme,
    case: id,
    target,
    cycle,
    reply: reply ?? undefined,
    dueAt: promised,
    ruleSet: ruleSet ?? '',
  });
}

/** What a case has that falls due in a span by a look. */
export function dueByCase({ kind, by }: CaseLook, listed: CaseAsListed, { from, before }: Span): Due | undefined {
  const { case: id, programme, cycle } = listed;
  const at = listed[by];
  if (typeof at !== 'string' || at < from || at >= before) return undefined;
  return { kind, id: `${id}/${kind}/${at}`, at, programme, case: id, cycle, dueAt: at };
}

/** What the read model of rules says of a programme at a moment. */
export interface RulesAsListed {
  readonly programme: string;
  readonly inForce: string | null;
  readonly reviewBy: string | null;
}

/** A review is overdue when its day (UTC) is over. */
export const filterOfReviews = (now: string): Filter => ({ reviewBy: { $lt: now.slice(0, 10) } });

export function reviewDue({ programme, inForce, reviewBy }: RulesAsListed, now: string): Due | undefined {
  if (inForce === null || reviewBy === null || reviewBy >= now.slice(0, 10)) return undefined;
  const at = `${reviewBy}T23:59:59.999Z`;
  const id = `${programme}/review/${inForce}/${reviewBy}`;
  return { kind: 'review', id, at, programme, case: '', cycle: 0, ruleSet: inForce, dueAt: reviewBy };
}

/** What to record of it. */
export function effectOfDue(due: Due, timeZoneData: string): Effect {
  const { kind, case: id, target = '', cycle, reply, dueAt, programme, level = 0 } = due;
  if (kind === 'review') {
    const { ruleSet = '' } = due;
    return effectOn(
      'rules',
      programme,
      { type: 'RecordReviewOverdue', programme, ruleSet, reviewBy: dueAt },
      { programme },
    );
  }
  if (kind === 'pause-end') return effectOn('case', id, { type: 'EndPause', until: dueAt }, { programme });
  const asked = stated({ case: id, target, cycle, reply, dueAt, timeZoneData });
  const commands = {
    breach: { type: 'RecordTargetBreach', ...asked },
    warning: { type: 'RecordTargetWarning', ...asked },
    escalation: { type: 'RaiseEscalation', ...asked, level },
    retry: { type: 'RecordRetryDue', case: id, cycle, dueAt },
    progress: { type: 'RecordProgressDue', case: id, cycle, dueAt },
  } as const;
  return effectOn('clock', id, commands[kind], { programme });
}

/** What falls due because a clock is breached: the levels of its target. */
export function escalationsOf(breach: Due, books: RuleBooks): readonly Due[] {
  const { kind, programme, target = '', ruleSet, dueAt, at } = breach;
  const rules = books.book(programme).find((entry) => entry.rules.hash === ruleSet)?.rules;
  const ruled = rules?.targetsById.get(target);
  if (kind !== 'breach' || !ruled) return [];
  return levelsDueAt(ruled, { dueAt, breachedFrom: at }).map((levelAt, index) => ({
    ...breach,
    kind: 'escalation',
    level: index + 1,
    id: `${breach.id}/level-${index + 1}`,
    at: levelAt,
  }));
}

/** In the order in which it falls due; of one instant in an order that is the same each time. */
export const inOrder = (one: Due, other: Due): number =>
  one.at < other.at ? -1 : one.at > other.at ? 1 : one.id < other.id ? -1 : one.id > other.id ? 1 : 0;

/** A refusal by which it is settled: it does not fall due any more, or falls due at another time, which the index will show. */
const SETTLED: ReadonlySet<string> = new Set([
  'clock-not-there',
  'due-time-moved',
  'clock-stopped',
  'clock-kept',
  'warning-not-due',
  'warning-too-late',
  'not-due-yet',
  'due-before-import',
  'due-at-another-time',
  'case-not-found',
  'case-merged',
  'before-the-case',
  'contradicts-what-followed',
  'review-of-other-rules',
  'review-not-overdue',
  'rule-set-not-drafted',
  'escalation-without-breach',
  'escalation-not-in-rules',
]);
export const isSettledBy = ({ refused }: { readonly refused: string }): boolean => SETTLED.has(refused);

const SECOND = 1_000;
const WAITS = [5, 30, 120, 600, 3_600, 21_600, 86_400].map((seconds) => seconds * SECOND);

/** How long what failed so many times waits before it is tried again. */
export const waitAfter = (failures: number): number => WAITS[Math.min(failures, WAITS.length) - 1] ?? SECOND;

import { never, refuse, type Context, type Decider, type Decision, through } from '../../event-sourcing/decider.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import type { Recorded } from '../../event-sourcing/event.js';
import { stated } from '../../event-sourcing/stated.js';
import { bookAfter } from './book-history.js';
import { entryAt, type BookEntry } from './rule-book.js';
import { command } from '../vocabulary/command.js';
import { Day, Flag, Instant, Optional, Text } from '../vocabulary/fields.js';
import { SUPERVISORS, type Role } from '../vocabulary/roles.js';
import {
  RuleSetDrafted,
  RuleSetRehearsed,
  RuleSetReviewed,
  type PlannedRules,
  type RulesEvent,
} from './rules-events.js';

type Data<T extends RulesEvent['type']> = Extract<RulesEvent, { type: T }>['data'];

export interface RulesContext extends Context {
  /** The number of operators in the store: a single one may approve their own rules, and history records it. */
  readonly operators: number;
}

interface Draft {
  readonly author: string;
  /** The last approval and its approver. */
  readonly approval?: Data<'RuleSetApproved'> & { readonly approver: string };
  readonly rehearsed?: Data<'RuleSetRehearsed'>;
  readonly reviewBy?: string;
  /** As drafted, or as the last review says. */
  readonly nextReview?: string | undefined;
  /** The day of which it is recorded that it is over. */
  readonly overdue?: string;
}

export interface RuleHistory {
  /** By content hash. */
  readonly drafts: Readonly<Record<string, Draft>>;
  readonly book: readonly BookEntry[];
  /** The book before the last activation. A rollback returns to it, once. */
  readonly before?: readonly BookEntry[];
}

const OPERATORS: readonly Role[] = ['operator'];
const which = { programme: Text(), ruleSet: Text() };
const digests = { digestBefore: Optional(Text()), digestAfter: Optional(Text()) };

export const DraftRuleSet = command('DraftRuleSet', {
  is: 'intention',
  comes: {
    path: 'rules/drafts',
    roles: OPERATORS,
    says: 'Draft a rule set; it is named by the hash of its content',
    explains: 'Sent as text (YAML or JSON), its mistakes are reported by line, path and remedy.',
    example: { content: { programme: 'service-recovery', title: 'Answer within a day' }, note: 'A trial for spring' },
  },
  fields: RuleSetDrafted.data.properties,
});

export const RecordRehearsal = command('RecordRehearsal', {
  is: 'fact',
  comes: { inside: 'A rehearsal is recorded when it is done.' },
  fields: RuleSetRehearsed.data.properties,
});

export const ApproveRuleSet = command('ApproveRuleSet', {
  is: 'intention',
  comes: {
    path: 'rules/{programme}/{ruleSet}/approve',
    roles: OPERATORS,
    says: 'Approve a draft; by another operator than its author, where there is one',
    example: { reason: 'Rehearsed over last year: 12 verdicts change, all as wanted' },
  },
  fields: { ...which, reason: Text(2_000) },
  needs: ['operators'],
});

export const ActivateRuleSet = command('ActivateRuleSet', {
  is: 'intention',
  comes: {
    path: 'rules/{programme}/{ruleSet}/activate',
    roles: OPERATORS,
    says: 'Put an approved rule set in force, from a time on or over the past',
    explains:
      'From a time on, past verdicts stay, and running clocks follow as their target says. Over the past, it carries out ' +
      'what was rehearsed, or refuses if something has changed since; it folds in the events that came since and reports ' +
      'the difference they make. Either way it builds the read models under the new rules beside those that are served, ' +
      'and then switches. The answer names the planned rules that it replaces.',
    example: { overThePast: true },
  },
  fields: {
    ...which,
    /** In force from this instant on; absent: from now. Left out with `overThePast`. */
    from: Optional(Instant),
    /** Replaces the whole book: all of history is read under these rules. */
    overThePast: Optional(Flag),
    ...digests,
  },
});

export const RollBackRules = command('RollBackRules', {
  is: 'intention',
  comes: {
    path: 'rules/{programme}/rollback',
    roles: OPERATORS,
    says: 'Return to the rule book before the last activation, and to its build, in one step',
    example: { reason: 'Rehearsed over last year: 12 verdicts change, all as wanted' },
  },
  fields: { programme: Text(), reason: Text(2_000), ...digests },
});

export const ReviewRuleSet = command('ReviewRuleSet', {
  is: 'intention',
  comes: {
    path: 'rules/{programme}/{ruleSet}/review',
    roles: SUPERVISORS,
    says: 'Say that the rules were looked at again, and when next',
    example: { reviewBy: '2031-12-31', note: 'Goals still fit' },
  },
  fields: RuleSetReviewed.data.properties,
});

/** `reviewBy`: the day as whoever asks knows it. */
export const RecordReviewOverdue = command('RecordReviewOverdue', {
  is: 'fact',
  comes: { inside: 'The timekeeper records it.' },
  fields: { ...which, reviewBy: Day },
});

export const RULES_COMMANDS = [
  DraftRuleSet,
  RecordRehearsal,
  ApproveRuleSet,
  ActivateRuleSet,
  RollBackRules,
  ReviewRuleSet,
  RecordReviewOverdue,
] as const;
export type RulesCommand = CommandOf<(typeof RULES_COMMANDS)[number]>;

type Command<T extends RulesCommand['type']> = Extract<RulesCommand, { type: T }>;

const decide = (asked: RulesCommand, state: RuleHistory, context: RulesContext): Decision<RulesEvent> => {
  if (asked.type === 'DraftRuleSet') return draftRules(asked, state);
  if (asked.type === 'RollBackRules') return rollBack(asked, state);
  const draft = Object.hasOwn(state.drafts, asked.ruleSet) ? state.drafts[asked.ruleSet] : undefined;
  if (!draft)
    return refuse(
      'rule-set-not-drafted',
      `There is no draft ${asked.ruleSet} of these rules.`,
      through('Draft it first.', 'DraftRuleSet'),
      'ruleSet',
    );
  switch (asked.type) {
    case 'RecordRehearsal':
      return recordRehearsal(asked, draft);
    case 'ApproveRuleSet':
      return approve(asked, draft, context);
    case 'ActivateRuleSet':
      return activate(asked, draft, state.book, context);
    case 'ReviewRuleSet':
      return review(asked, draft, context);
    case 'RecordReviewOverdue':
      return recordOverdue(asked, draft, state.book, context);
    default:
      return never(asked);
  }
};

function draftRules({ type: _, ...data }: Command<'DraftRuleSet'>, { drafts }: RuleHistory): Decision<RulesEvent> {
  if (Object.hasOwn(drafts, data.ruleSet)) return [];
  const { programme } = data.content as { readonly programme?: unknown };
  if (programme !== data.programme)
    return refuse(
      'rules-of-another-programme',
      `These rules say they are for ${String(programme)}.`,
      `Draft them for that programme, or have them say ${data.programme}.`,
      'content.programme',
    );
  return [{ type: 'RuleSetDrafted', data: stated(data) }];
}

function recordRehearsal({ type: _, ...data }: Command<'RecordRehearsal'>, { rehearsed }: Draft): Decision<RulesEvent> {
  const same = rehearsed?.digestBefore === data.digestBefore && rehearsed.digestAfter === data.digestAfter;
  return same ? [] : [{ type: 'RuleSetRehearsed', data }];
}

type Digests = Pick<Data<'RuleSetApproved'>, 'digestBefore' | 'digestAfter'>;

/** Compares both digests: the same end from another beginning means other changed verdicts. */
export const showsTheSame = (approval: Digests, rehearsed: Digests = {}): boolean =>
  approval.digestBefore === rehearsed.digestBefore && approval.digestAfter === rehearsed.digestAfter;

/** The author of rules can't approve them, unless they are the only operator. */
function approve(
  { programme, ruleSet, reason }: Command<'ApproveRuleSet'>,
  { author, approval, rehearsed }: Draft,
  { actor, operators }: RulesContext,
): Decision<RulesEvent> {
  // An approval covers one rehearsal; another rehearsal needs another approval.
  if (approval && showsTheSame(approval, rehearsed)) return [];
  if (reason.trim() === '')
    return refuse(
      'reason-of-approval-missing',
      'Rules are approved for a reason.',
      'Say why they are right.',
      'reason',
    );
  const alone = actor.id === author;
  if (alone && operators > 1)
    return refuse(
      'four-eyes-on-rules',
      `${actor.id} drafted these rules.`,
      through('Have another operator approve them.', 'ApproveRuleSet', { programme, ruleSet }),
    );
  const { digestBefore, digestAfter } = rehearsed ?? {};
  const data = { programme, ruleSet, reason, digestBefore, digestAfter };
  return [{ type: 'RuleSetApproved', data: stated({ ...data, ...(alone ? { alone } : {}) }) }];
}

function activate(
  { programme, ruleSet, from, overThePast = false, digestBefore, digestAfter }: Command<'ActivateRuleSet'>,
  { author, approval }: Draft,
  book: readonly BookEntry[],
  { now }: RulesContext,
): Decision<RulesEvent> {
  if (!approval)
    return refuse(
      'rule-set-not-approved',
      'These rules are not approved.',
      through('Have them approved before they take force.', 'ApproveRuleSet', { programme, ruleSet }),
      'ruleSet',
    );
  if (overThePast && from !== undefined)
    return refuse(
      'activation-unclear',
      'Rules hold over the past or from a time on.',
      'Name one of the two: overThePast, or from.',
      'from',
    );
  const last = book.at(-1);
  const holds = last?.from == null || last.from <= now;
  const already =
    last?.ruleSet === ruleSet && (overThePast ? book.length === 1 : from === undefined ? holds : last.from === from);
  if (already) return [];
  if (from !== undefined && from < now)
    return refuse(
      'activation-in-the-past',
      `${from} is over.`,
      'Name a later time or none, or activate the rules over the past.',
      'from',
    );
  // The first rules of a programme are in force since ever.
  const since = overThePast || book.length === 0 ? null : (from ?? now);
  const { approver, reason } = approval;
  const data = { programme, ruleSet, from: since, overThePast, author, approver, reason, digestBefore, digestAfter };
  const activated = { type: 'RuleSetActivated', data: stated(data) } as const;
  const replaces = plansLost(book, bookAfter(book, { ...activated, occurredAt: now }), now);
  return [replaces.length === 0 ? activated : { ...activated, data: { ...activated.data, replaces } }];
}

/** The planned rules of a book that the next book lacks. */
const plansLost = (before: readonly BookEntry[], after: readonly BookEntry[], now: string): readonly PlannedRules[] =>
  before.flatMap(({ ruleSet, from }) => {
    const isKept = after.some((entry) => entry.ruleSet === ruleSet && entry.from === from);
    return from === null || from <= now || isKept ? [] : [{ ruleSet, from }];
  });

function rollBack(
  { programme, reason, digestBefore, digestAfter }: Command<'RollBackRules'>,
  { before }: RuleHistory,
): Decision<RulesEvent> {
  if (!before || before.length === 0)
    return refuse(
      'nothing-to-roll-back',
      'No activation is left to undo.',
      through('Activate the rules that should hold.', 'ActivateRuleSet', { programme }),
    );
  if (reason.trim() === '')
    return refuse(
      'reason-of-roll-back-missing',
      'Rules are rolled back for a reason.',
      'Say what went wrong.',
      'reason',
    );
  return [{ type: 'RuleSetRolledBack', data: stated({ programme, book: before, reason, digestBefore, digestAfter }) }];
}

function review(
  { type: _, ...data }: Command<'ReviewRuleSet'>,
  { reviewBy }: Draft,
  { now }: RulesContext,
): Decision<RulesEvent> {
  if (reviewBy === data.reviewBy) return [];
  if (data.reviewBy <= now.slice(0, 10))
    return refuse(
      'next-review-in-the-past',
      `${data.reviewBy} is over, or today.`,
      'Name a later day for the next review.',
      'reviewBy',
    );
  return [{ type: 'RuleSetReviewed', data: stated(data) }];
}

function recordOverdue(
  { programme, ruleSet, reviewBy }: Command<'RecordReviewOverdue'>,
  { nextReview, overdue }: Draft,
  book: readonly BookEntry[],
  { now }: RulesContext,
): Decision<RulesEvent> {
  if (overdue === reviewBy) return [];
  if (nextReview !== reviewBy || entryAt(book, now)?.ruleSet !== ruleSet)
    return refuse(
      'review-of-other-rules',
      `These rules are not in force, or are to be reviewed by ${nextReview ?? 'no day'}.`,
      'Read the rules again.',
      'ruleSet',
    );
  if (now.slice(0, 10) <= reviewBy)
    return refuse('review-not-overdue', `The rules may be reviewed until the end of ${reviewBy}.`, 'Wait until then.');
  return [{ type: 'RuleSetReviewOverdue', data: { programme, ruleSet, reviewBy, noticedAt: now } }];
}

const evolve = (state: RuleHistory, event: Recorded<RulesEvent>): RuleHistory => {
  switch (event.type) {
    case 'RuleSetDrafted': {
      const { reviewBy } = event.data.content as { readonly reviewBy?: string };
      const draft = { author: event.actor.id, nextReview: reviewBy };
      return { ...state, drafts: { ...state.drafts, [event.data.ruleSet]: draft } };
    }
    case 'RuleSetRehearsed':
      return withDraft(state, event, { rehearsed: event.data });
    case 'RuleSetApproved':
      return withDraft(state, event, { approval: { ...event.data, approver: event.actor.id } });
    case 'RuleSetReviewed':
      return withDraft(state, event, { reviewBy: event.data.reviewBy, nextReview: event.data.reviewBy });
    case 'RuleSetReviewOverdue':
      return withDraft(state, event, { overdue: event.data.reviewBy });
    case 'RuleSetActivated':
      return { ...state, book: bookAfter(state.book, event), before: state.book };
    case 'RuleSetRolledBack':
      return { drafts: state.drafts, book: bookAfter(state.book, event) };
    default:
      return never(event);
  }
};

function withDraft(
  state: RuleHistory,
  event: Recorded<Extract<RulesEvent, { data: { ruleSet: string } }>>,
  change: Partial<Draft>,
): RuleHistory {
  const { ruleSet } = event.data;
  const draft = state.drafts[ruleSet];
  if (!draft) throw new Error(`Broken history: ${event.type} in ${event.stream} of ${ruleSet}, which nobody drafted.`);
  return { ...state, drafts: { ...state.drafts, [ruleSet]: { ...draft, ...change } } };
}

export const rulesDecider: Decider<RuleHistory, RulesCommand, RulesEvent, RulesContext> = {
  initialState: { drafts: {}, book: [] },
  evolve,
  decide,
};

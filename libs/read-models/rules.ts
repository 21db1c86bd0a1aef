import type { RecordedOf } from '../event-sourcing/declared-event.js';
import type { RecordedEvent } from '../recovery/history.js';
import { bookAfter } from '../recovery/rules/book-history.js';
import { entryAt, type BookEntry } from '../recovery/rules/rule-book.js';
import { RULES_EVENTS, type RuleSetDrafted, type RulesEvent } from '../recovery/rules/rules-events.js';
import type { ReadModel } from './inputs.js';

/** A programme's rules for its operator: what is in force since when, and every draft with what became of it. */
export type RulesDocument = {
  readonly programme: string;
  /** At `changedAt`: what is planned takes force by itself, which `rulesAt` knows. */
  readonly inForce: string | null;
  /** The next review to fall due while its rules hold. */
  readonly reviewBy: string | null;
  readonly book: readonly BookEntry[];
  readonly drafts: readonly Draft[];
  readonly changedAt: string;
  readonly revision: number;
};

type RulesHappening = Extract<RecordedEvent, { type: RulesEvent['type'] }>;

const text = (content: object, field: string): string | null => {
  const value = (content as Readonly<Record<string, unknown>>)[field];
  return typeof value === 'string' ? value : null;
};

const drafted = ({ data: { ruleSet, content, note }, actor, occurredAt }: RecordedOf<typeof RuleSetDrafted>) => ({
  ruleSet,
  title: text(content, 'title'),
  reviewBy: text(content, 'reviewBy'),
  note: note ?? null,
  draftedBy: actor.id,
  draftedAt: occurredAt,
  rehearsedAt: null as string | null,
  changedCount: null as number | null,
  approvedBy: null as string | null,
  approvedAt: null as string | null,
  approvedAlone: false,
  reviewedAt: null as string | null,
});
type Draft = Readonly<ReturnType<typeof drafted>>;

function draftsAfter(drafts: readonly Draft[], event: RulesHappening): readonly Draft[] {
  if (event.type === 'RuleSetRolledBack') return drafts;
  const { occurredAt, actor } = event;
  const { ruleSet } = event.data;
  const of = (change: Partial<Draft>): readonly Draft[] =>
    drafts.map((draft) => (draft.ruleSet === ruleSet ? { ...draft, ...change } : draft));
  switch (event.type) {
    case 'RuleSetDrafted':
      return [...drafts.filter((other) => other.ruleSet !== ruleSet), drafted(event)];
    case 'RuleSetRehearsed':
      return of({ rehearsedAt: occurredAt, changedCount: event.data.changedCount });
    case 'RuleSetApproved':
      return of({ approvedBy: actor.id, approvedAt: occurredAt, approvedAlone: event.data.alone ?? false });
    case 'RuleSetReviewed':
      return of({ reviewedAt: occurredAt, reviewBy: event.data.reviewBy });
    case 'RuleSetActivated':
    case 'RuleSetReviewOverdue':
      return drafts;
  }
}

function evolve(before: RulesDocument | undefined, event: RulesHappening): RulesDocument {
  const book = bookAfter(before?.book ?? [], event);
  const drafts = draftsAfter(before?.drafts ?? [], event);
  const { programme } = event.data;
  const { occurredAt: changedAt, revision } = event;
  return rulesAt({ programme, inForce: null, reviewBy: null, book, drafts, changedAt, revision }, changedAt);
}

/** The rules as they are at a moment, if nothing has happened to them since. */
export function rulesAt<D extends RulesDocument>(document: D, at: string): D {
  const { book } = document;
  const held = entryAt(book, at);
  return {
    ...document,
    inForce: held?.ruleSet ?? null,
    reviewBy: held ? nextReview(document, book.indexOf(held)) : null,
  };
}

/** A review is missed when its day is over before the next rules take force; else it is theirs that comes next. */
function nextReview({ book, drafts }: RulesDocument, held: number): string | null {
  for (const [index, { ruleSet }] of book.entries()) {
    if (index < held) continue;
    const reviewBy = drafts.find((draft) => draft.ruleSet === ruleSet)?.reviewBy ?? null;
    const until = book[index + 1]?.from?.slice(0, 'yyyy-mm-dd'.length);
    if (until === undefined || (reviewBy !== null && reviewBy < until)) return reviewBy;
  }
  return null;
}

export const rules: ReadModel<RulesDocument> = {
  name: 'rules',
  version: 3,
  reads: [],
  fields: { programme: 'string', inForce: 'string', reviewBy: 'string', changedAt: 'instant' },
  indexes: [['reviewBy']],
  undigested: true,
  ofOneStream: true,
  key: ({ stream }) => (stream.startsWith('rules-') ? stream.slice('rules-'.length) : undefined),
  evolve: Object.fromEntries(RULES_EVENTS.map(({ type }) => [type, evolve])),
};

import type { RecordedEvent } from '../recovery/history.js';
import { bookAfter } from '../recovery/rules/book-history.js';
import type { BookEntry } from '../recovery/rules/rule-book.js';
import type { RulesEvent } from '../recovery/rules/rules-events.js';
import type { ReadModel } from './inputs.js';

interface Draft {
  readonly ruleSet: string;
  readonly title: string | null;
  readonly reviewBy: string | null;
  readonly note: string | null;
  readonly draftedBy: string;
  readonly draftedAt: string;
  readonly rehearsedAt: string | null;
  readonly changedCount: number | null;
  readonly approvedBy: string | null;
  readonly approvedAt: string | null;
  readonly approvedAlone: boolean;
  readonly reviewedAt: string | null;
}

/** A programme's rules for its operator: what is in force since when, and every draft with what became of it. */
export type RulesDocument = {
  readonly programme: string;
  readonly inForce: string | null;
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

function draftsAfter(drafts: readonly Draft[], event: RulesHappening): readonly Draft[] {
  if (event.type === 'RuleSetRolledBack') return drafts;
  const { occurredAt, actor } = event;
  const { ruleSet } = event.data;
  const of = (change: Partial<Draft>): readonly Draft[] =>
    drafts.map((draft) => (draft.ruleSet === ruleSet ? { ...draft, ...change } : draft));
  switch (event.type) {
    case 'RuleSetDrafted': {
      const { content, note } = event.data;
      const draft: Draft = {
        ruleSet,
        title: text(content, 'title'),
        reviewBy: text(content, 'reviewBy'),
        note: note ?? null,
        draftedBy: actor.id,
        draftedAt: occurredAt,
        rehearsedAt: null,
        changedCount: null,
        approvedBy: null,
        approvedAt: null,
        approvedAlone: false,
        reviewedAt: null,
      };
      return [...drafts.filter((other) => other.ruleSet !== ruleSet), draft];
    }
    case 'RuleSetRehearsed':
      return of({ rehearsedAt: occurredAt, changedCount: event.data.changedCount });
    case 'RuleSetApproved':
      return of({ approvedBy: actor.id, approvedAt: occurredAt, approvedAlone: event.data.alone ?? false });
    case 'RuleSetReviewed':
      return of({ reviewedAt: occurredAt, reviewBy: event.data.reviewBy });
    case 'RuleSetActivated':
      return drafts;
  }
}

function evolve(before: RulesDocument | undefined, event: RulesHappening): RulesDocument {
  const book = bookAfter(before?.book ?? [], event);
  const drafts = draftsAfter(before?.drafts ?? [], event);
  const inForce = book.at(-1)?.ruleSet ?? null;
  return {
    programme: event.data.programme,
    inForce,
    reviewBy: drafts.find(({ ruleSet }) => ruleSet === inForce)?.reviewBy ?? null,
    book,
    drafts,
    changedAt: event.occurredAt,
    revision: event.revision,
  };
}

export const rules: ReadModel<RulesDocument> = {
  name: 'rules',
  version: 2,
  reads: [],
  fields: { programme: 'string', inForce: 'string', reviewBy: 'string', changedAt: 'instant' },
  indexes: [['reviewBy']],
  undigested: true,
  ofOneStream: true,
  key: ({ stream }) => (stream.startsWith('rules-') ? stream.slice('rules-'.length) : undefined),
  evolve: {
    RuleSetDrafted: evolve,
    RuleSetRehearsed: evolve,
    RuleSetApproved: evolve,
    RuleSetActivated: evolve,
    RuleSetRolledBack: evolve,
    RuleSetReviewed: evolve,
  },
};

import type { Ledger } from '../ledger/ledger.js';
import type { BookEntry } from '../recovery/rules/rule-book.js';
import type { Rehearsal } from './rehearse.js';

/** A rehearsal as it is kept: what was read by who approves it, and what is then carried out. */
export interface Plan {
  readonly programme: string;
  readonly ruleSet: string;
  /** From when the rules were taken to be in force; null: over the past. */
  readonly since: string | null;
  /** The rule book that it was compared with, and how far history was read. */
  readonly book: readonly BookEntry[];
  readonly position: string;
  readonly digestBefore: string;
  readonly digestAfter: string;
  readonly changedCount: number;
  readonly notReversible: number;
  readonly madeAt: string;
}

const prefixOf = (programme: string, ruleSet: string): string => `rehearsals/${programme}/${ruleSet}/`;

/** The last rehearsal to each digest is the plan. */
export async function keepPlan(ledger: Ledger, rehearsal: Rehearsal): Promise<Plan> {
  const { programme, ruleSet, since, before, digestBefore, digestAfter, changedCount, notReversible, at } = rehearsal;
  const plan: Plan = {
    programme,
    ruleSet,
    since,
    book: before.book ?? [],
    position: rehearsal.position ?? '',
    digestBefore,
    digestAfter,
    changedCount,
    notReversible,
    madeAt: at,
  };
  await ledger.put({ key: `${prefixOf(programme, ruleSet)}${digestAfter}`, value: plan });
  return plan;
}

/** What led to a digest; undefined where it was never rehearsed to there. */
export async function planTo(
  ledger: Ledger,
  { programme, ruleSet, digestAfter }: Pick<Plan, 'programme' | 'ruleSet' | 'digestAfter'>,
): Promise<Plan | undefined> {
  return (await ledger.get<Plan>(`${prefixOf(programme, ruleSet)}${digestAfter}`))?.value;
}

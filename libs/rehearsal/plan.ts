import type { Ledger } from '../ledger/ledger.js';
import type { BookEntry } from '../recovery/rules/rule-book.js';
import type { Rehearsal } from './rehearse.js';

/** The stored record of a rehearsal: what the approver reads, and what activation then carries out. */
export interface Plan {
  readonly programme: string;
  readonly ruleSet: string;
  /** When the rehearsed rules took force; null: over all of the past. */
  readonly since: string | null;
  /** The rule book in force at the rehearsal, and the last position it read. */
  readonly book: readonly BookEntry[];
  readonly position: string;
  readonly digestBefore: string;
  readonly digestAfter: string;
  readonly changedCount: number;
  readonly notReversible: number;
  readonly madeAt: string;
}

const prefixOf = (programme: string, ruleSet: string): string => `rehearsals/${programme}/${ruleSet}/`;

/** Of several rehearsals with the same digest, the last one is the plan. */
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

/** The plan with this digest, or undefined if no rehearsal gave it. */
export async function planTo(
  ledger: Ledger,
  { programme, ruleSet, digestAfter }: Pick<Plan, 'programme' | 'ruleSet' | 'digestAfter'>,
): Promise<Plan | undefined> {
  return (await ledger.get<Plan>(`${prefixOf(programme, ruleSet)}${digestAfter}`))?.value;
}

import { never } from '../../event-sourcing/decider.js';
import { stated } from '../../event-sourcing/stated.js';
import type { ReceivedResponse } from '../response/response-events.js';
import { ownerRule, type OwnerRule } from '../intake/owner-rule.js';
import type { CompiledRules } from '../rules/compile.js';
import type { TriageCell, TriageCells, TriageRules } from '../rules/rule-set.js';
import type { Answer } from '../vocabulary/fields.js';
import type { ContactMe, ScoreLevel } from '../vocabulary/words.js';
import { responseFacts } from './response-facts.js';
import { inRollout } from './stages.js';

/** What the rules decide on a response. The team's intake may still hold a wanted case back. */
export type Triage = Decided & ({ readonly outcome: 'respected' | 'nothing' } | CaseWanted);

interface Decided {
  readonly score: ScoreLevel;
  /** The cell (low/yes) or the override that decided. */
  readonly rule: string;
  /** Content hash. */
  readonly ruleSet: string;
}

/** The kind, priority and team of the case that a cell wants. */
export interface CaseOfCell {
  readonly kind: 'recover' | 'call-back';
  readonly priority: string;
  readonly team?: string;
}

export interface CaseWanted extends CaseOfCell {
  readonly outcome: 'case-wanted';
  /** How to choose the owner, the team's daily limit, and the fallback owner. */
  readonly intake: OwnerRule & Pick<TriageRules, 'throttle'>;
}

/** The decision to open a case. */
export type TriagedCase = Decided & CaseWanted;

/** For cells that name no priority. */
const USUAL_PRIORITY = 'normal';

/** @param rules those in force at `at`, when the response occurred (UTC, ISO 8601) */
export function triage(response: ReceivedResponse, rules: CompiledRules, at: string): Triage {
  const { hash: ruleSet } = rules;
  const { triage: triageRules } = rules.ruleSet;
  if (!triageRules) return { score: 'none', rule: 'no-triage', ruleSet, outcome: 'nothing' };
  const score = scoreLevel(response.answers, triageRules.low);
  if (!inRollout(response, triageRules.stages, at))
    return { score, rule: 'outside-stages', ruleSet, outcome: 'nothing' };
  const facts = responseFacts(response, score);
  const override = rules.overrides.find(({ holds }) => holds(facts));
  const cell = { ...cellOf(triageRules, score, response.contactMe), ...override?.cell };
  const decided = { score, rule: override?.id ?? `${score}/${response.contactMe}`, ruleSet };
  switch (cell.do) {
    case 'nothing':
      return { ...decided, outcome: 'nothing' };
    case 'respect':
      return { ...decided, outcome: 'respected' };
    case 'recover':
    case 'call-back': {
      const isAsked = response.contactMe === 'yes' && !triageRules.throttle?.holdsBackYes;
      const throttle = isAsked ? undefined : triageRules.throttle;
      const wanted = caseOfCell({ ...cell, do: cell.do }, triageRules.team);
      const intake = stated({ ...ownerRule({ ...response, ...wanted }, rules), throttle });
      return { ...decided, outcome: 'case-wanted', ...wanted, intake };
    }
    default:
      return never(cell.do);
  }
}

export const caseOfCell = (
  { do: kind, priority = USUAL_PRIORITY, team }: TriageCell & { readonly do: CaseOfCell['kind'] },
  usualTeam: string | undefined,
): CaseOfCell => stated({ kind, priority, team: team ?? usualTeam });

/** The cell that triage decided by, found again by the name under which it was recorded. */
export function cellAsDecided(
  rules: TriageRules,
  { score, contactMe, rule }: { readonly score: ScoreLevel; readonly contactMe: ContactMe; readonly rule: string },
): TriageCell {
  return { ...cellOf(rules, score, contactMe), ...rules.overrides?.find(({ id }) => id === rule) };
}

/** One low answer makes the response low. Metrics without a threshold don't count. */
export function scoreLevel(answers: readonly Answer[], low: TriageRules['low']): ScoreLevel {
  const judged = answers.flatMap(({ metric, score }) => {
    const threshold = low[metric];
    return threshold === undefined ? [] : [score <= threshold];
  });
  if (judged.length === 0) return 'none';
  return judged.includes(true) ? 'low' : 'high';
}

function cellOf({ cells }: TriageRules, score: ScoreLevel, contactMe: ContactMe): TriageCell {
  // A complaint without a score counts as low, unless the rules say otherwise.
  const row: TriageCells = cells[score] ?? cells.low;
  if (contactMe !== 'not-answered') return row[contactMe];
  return row.notAnswered === undefined ? row['not-answered'] : row.notAnswered;
}

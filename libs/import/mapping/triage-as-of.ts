import { openedFor } from '../../recovery/case/opening.js';
import type { ReceivedResponse } from '../../recovery/response/response-events.js';
import type { CompiledRules } from '../../recovery/rules/compile.js';
import { triage } from '../../recovery/triage/triage.js';

/** An event that the import decides, as live triage would have. */
export interface DecidedEvent {
  readonly type: 'ResponseTriaged' | 'CaseOpened' | 'CaseAssigned';
  readonly data: Record<string, unknown>;
}

export interface AsOf {
  /** When the response occurred: UTC, ISO 8601. */
  readonly at: string;
  readonly caseId: string;
  /** The source's own number for the case; undefined if that is personal. */
  readonly reference: string | undefined;
  /** Whether the row names the owner itself. */
  readonly ownerNamed: boolean;
}

/** The types of what triage decides. */
export const TRIAGED: ReadonlySet<string> = new Set(['ResponseTriaged', 'CaseOpened', 'CaseAssigned']);

/**
 * What the rules made of a response at its time. No team's roster or daily limit of then is known, so that no case is
 * held back, and the programme's fallback owns one for which the source names no owner.
 */
export function triagedAsOf(
  response: ReceivedResponse,
  rules: CompiledRules,
  { at, caseId, reference, ownerNamed }: AsOf,
): readonly DecidedEvent[] {
  const decided = triage(response, rules, at);
  const { score, rule, ruleSet } = decided;
  const about = { response: response.response, score, contactMe: response.contactMe, rule, ruleSet };
  if (decided.outcome !== 'case-wanted') {
    return [{ type: 'ResponseTriaged', data: { ...about, outcome: decided.outcome } }];
  }
  const { kind, priority, team, intake } = decided;
  const opening = openedFor(response, { case: caseId, kind, priority, team, ruleSet });
  const assigned = { owner: intake.fallbackOwner, team, by: 'programme-fallback', reason: 'The source names no owner' };
  return [
    { type: 'ResponseTriaged', data: { ...about, outcome: 'opened', case: caseId } },
    { type: 'CaseOpened', data: { ...opening, reference } },
    ...(ownerNamed ? [] : [{ type: 'CaseAssigned', data: assigned } as const]),
  ];
}

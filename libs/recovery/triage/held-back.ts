import { instant, isoOf } from '../fast/instants.js';
import type { ReceivedResponse, TriagedResponse } from '../response/response-events.js';
import { parseDuration } from '../rules/duration.js';
import type { RuleSet, ThrottleRule } from '../rules/rule-set.js';
import { SCALES } from '../vocabulary/scales.js';
import { caseOfCell, cellAsDecided, type CaseOfCell } from './triage.js';

/**
 * The case that a held-back response waits for: what its cell says in the rules of when it occurred. Those may have been
 * replaced by rules that want no case for it; it waits all the same, for a case to recover.
 */
export function caseAwaited(
  { score, contactMe, rule }: Pick<TriagedResponse, 'score' | 'contactMe' | 'rule'>,
  rules: Pick<RuleSet, 'triage'> | undefined,
): CaseOfCell {
  const cell = rules?.triage && cellAsDecided(rules.triage, { score, contactMe, rule });
  return caseOfCell({ ...cell, do: cell?.do === 'call-back' ? 'call-back' : 'recover' }, rules?.triage?.team);
}

/**
 * The instant from which a held-back response has expired, by the throttle of when it occurred. Its age counts from then,
 * because its customer waits since then. Undefined: it never expires.
 */
export const heldUntil = (occurredAt: string, throttle: ThrottleRule | undefined): string | undefined =>
  throttle?.release && isoOf(instant(occurredAt) + parseDuration(throttle.release.within));

/** The lowest answer, as a share of its metric's scale: 0 is the worst that can be said. Undefined without an answer. */
export const lowestAnswer = ({ answers }: Pick<ReceivedResponse, 'answers'>): number | undefined =>
  answers.length === 0
    ? undefined
    : Math.min(
        ...answers.map(
          ({ metric, score }) => (score - SCALES[metric].from) / (SCALES[metric].to - SCALES[metric].from),
        ),
      );

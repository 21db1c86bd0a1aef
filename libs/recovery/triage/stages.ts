import { createHash } from 'node:crypto';
import type { TriageRules } from '../rules/rule-set.js';
import type { ReceivedResponse } from '../response/response-events.js';

type Stage = NonNullable<TriageRules['stages']>[number];

/** Whether a stage includes this response. Without stages the rules apply to all. */
export function inRollout(
  response: Pick<ReceivedResponse, 'customer' | 'touchpoint'>,
  stages: readonly Stage[] | undefined,
  at: string,
): boolean {
  return !stages || stages.length === 0 || stages.some((stage) => inStage(response, stage, Date.parse(at)));
}

/** `from` belongs to the stage, `until` does not. */
function inStage(
  { customer, touchpoint }: Pick<ReceivedResponse, 'customer' | 'touchpoint'>,
  { percentage, touchpoints, from, until }: Stage,
  at: number,
): boolean {
  if (from !== undefined && at < Date.parse(from)) return false;
  if (until !== undefined && at >= Date.parse(until)) return false;
  if (touchpoints && (touchpoint === undefined || !touchpoints.includes(touchpoint))) return false;
  return percentage === undefined || percentile(customer) < percentage;
}

/** 0 to 100, always the same for a customer: whoever is in at 10 % stays in at 20 %. */
const percentile = (customer: string): number =>
  (createHash('sha256').update(`rollout\n${customer}`).digest().readUInt32BE() / 2 ** 32) * 100;

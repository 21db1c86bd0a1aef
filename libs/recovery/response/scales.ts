import { refuse, type Refusal } from '../../event-sourcing/decider.js';
import type { Answer } from '../vocabulary/fields.js';
import { SCALES } from '../vocabulary/scales.js';

/** The first answer that no customer can have given. */
export function offScale(answers: readonly Answer[]): Refusal | undefined {
  for (const [index, { metric, score }] of answers.entries()) {
    const { from, to } = SCALES[metric];
    if (!Number.isInteger(score) || score < from || score > to)
      return refuse(
        'score-off-scale',
        `${score} is no score.`,
        `${metric} goes from ${from} to ${to} in whole steps.`,
        `answers[${index}].score`,
      );
    if (answers.findIndex((other) => other.metric === metric) !== index)
      return refuse(
        'metric-twice',
        `${metric} is answered twice.`,
        'Keep the answer that counts.',
        `answers[${index}].metric`,
      );
  }
  return undefined;
}

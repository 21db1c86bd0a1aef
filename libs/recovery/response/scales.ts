import { refuse, type Refusal } from '../../event-sourcing/decider.js';
import type { Answer, Metric } from './response-events.js';

/** The scales as the field uses them. */
export const SCALES: Readonly<Record<Metric, { readonly from: number; readonly to: number }>> = {
  nps: { from: 0, to: 10 },
  csat: { from: 1, to: 5 },
  ces: { from: 1, to: 7 },
  stars: { from: 1, to: 5 },
};

/** The first answer that no customer can have given. */
export function offScale(answers: readonly Answer[]): Refusal | undefined {
  for (const [index, { metric, score }] of answers.entries()) {
    const { from, to } = SCALES[metric];
    if (!Number.isInteger(score) || score < from || score > to)
      return refuse(
        'score-off-scale',
        `${metric} goes from ${from} to ${to} in whole steps, so ${score} is no score.`,
        `answers[${index}].score`,
      );
    if (answers.findIndex((other) => other.metric === metric) !== index)
      return refuse(
        'metric-twice',
        `${metric} is answered twice. Keep the answer that counts.`,
        `answers[${index}].metric`,
      );
  }
  return undefined;
}

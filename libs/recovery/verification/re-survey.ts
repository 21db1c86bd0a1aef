import { refuse, type Decision } from '../../event-sourcing/decider.js';
import { idOf } from '../../event-sourcing/identity.js';
import type { CaseCommandOf } from '../case/case-commands.js';
import type { CaseContext } from '../case/case-context.js';
import type { CaseEvent } from '../case/case-events.js';
import type { OpenedCase } from '../case/case-state.js';
import { offScale } from '../response/scales.js';
import { parseDuration } from '../rules/duration.js';
import { stated } from '../../event-sourcing/stated.js';

/** The customer is asked again after approval: once a cycle, not before the rules' delay, never over-surveyed. */
export function sendReSurvey(
  { survey: named, channel }: CaseCommandOf<'SendReSurvey'>,
  state: OpenedCase,
  { now, rules, lastReSurveyAt }: CaseContext,
): Decision<CaseEvent> {
  const { file } = state;
  const survey = named ?? idOf('re-survey', file.case, file.cycle);
  if (file.reSurveys.some(({ id }) => id === survey)) return [];
  if (state.status !== 'approved')
    return refuse(
      're-survey-before-approval',
      `Customers are asked again once the case is approved; it is ${state.status}.`,
    );
  if (file.reSurveys.some(({ cycle }) => cycle === file.cycle))
    return refuse('re-surveyed-already', 'The customer was asked again about this case already. Wait for the answer.');
  const { reSurveyAfter, coolDown } = rules?.ruleSet.verification ?? {};
  const due = later(state.approvedAt, reSurveyAfter);
  if (due > now)
    return refuse('re-survey-too-early', `The rules ask ${reSurveyAfter} after approval. Ask again from ${due} on.`);
  const cool = lastReSurveyAt === undefined || coolDown === undefined ? now : later(lastReSurveyAt, coolDown);
  if (cool > now)
    return refuse(
      're-survey-cool-down',
      `The customer was asked at ${lastReSurveyAt}. Leave them alone until ${cool}.`,
    );
  return [{ type: 'ReSurveySent', data: { survey, channel } }];
}

export function answerReSurvey(
  { survey, answers, comment }: CaseCommandOf<'AnswerReSurvey'>,
  { file }: OpenedCase,
): Decision<CaseEvent> {
  const sent = file.reSurveys.find(({ id }) => id === survey);
  if (!sent) return refuse('re-survey-not-found', `This case sent no re-survey ${survey}. Check its id.`, 'survey');
  if (sent.answered) return [];
  if (answers.length === 0)
    return refuse(
      're-survey-without-answer',
      'An answered re-survey has at least one answer: a metric and a score.',
      'answers',
    );
  return offScale(answers) ?? [{ type: 'ReSurveyAnswered', data: stated({ survey, answers, comment }) }];
}

const later = (instant: string, duration: string | undefined): string =>
  duration === undefined ? instant : new Date(Date.parse(instant) + parseDuration(duration)).toISOString();

import { fact } from '../../event-sourcing/declared-event.js';
import { refuse } from '../../event-sourcing/decider.js';
import { idOf } from '../../event-sourcing/identity.js';
import { changed } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { offScale } from '../response/scales.js';
import { parseDuration } from '../rules/duration.js';
import { Answers, identity, OneOf, Optional, otherwise, Personal, Text } from '../vocabulary/fields.js';
import { REPORTERS } from '../vocabulary/roles.js';
import { CHANNELS } from '../vocabulary/words.js';

export const ReSurveySent = caseEvent('ReSurveySent', {
  fields: { survey: identity(Text()), channel: OneOf(CHANNELS) },
  apply: (state, { data: { survey: id } }) => {
    const sent = { id, cycle: state.facts.cycle, answered: false };
    return changed(state, {}, { reSurveys: [...state.reSurveys, sent] });
  },
});

/** The customer is asked again after approval: once a cycle, not before the rules' delay, never over-surveyed. */
export const SendReSurvey = caseCommand('SendReSurvey', {
  comes: {
    path: 're-surveys',
    roles: REPORTERS,
    says: 'Record that the customer was asked again',
    example: { survey: 's-1', channel: 'e-mail' },
  },
  fields: {
    /** Made from the case and its cycle where the caller names none. */
    survey: Optional(Text()),
    channel: OneOf(CHANNELS),
  },
  needs: ['lastReSurveyAt'],
  decide({ survey: named, channel }, state, { now, rules, lastReSurveyAt }) {
    const { facts, reSurveys, approvedAt = now } = state;
    const survey = named ?? idOf('re-survey', state.case, facts.cycle);
    if (reSurveys.some(({ id }) => id === survey)) return [];
    if (facts.status !== 'approved')
      return refuse(
        're-survey-before-approval',
        `Customers are asked again once the case is approved; it is ${facts.status}.`,
      );
    if (reSurveys.some(({ cycle }) => cycle === facts.cycle))
      return refuse(
        're-surveyed-already',
        'The customer was asked again about this case already. Wait for the answer.',
      );
    const { reSurveyAfter, coolDown } = rules?.ruleSet.verification ?? {};
    const due = later(approvedAt, reSurveyAfter);
    if (due > now)
      return refuse('re-survey-too-early', `The rules ask ${reSurveyAfter} after approval. Ask again from ${due} on.`);
    const cool = lastReSurveyAt === undefined || coolDown === undefined ? now : later(lastReSurveyAt, coolDown);
    if (cool > now)
      return refuse(
        're-survey-cool-down',
        `The customer was asked at ${lastReSurveyAt}. Leave them alone until ${cool}.`,
      );
    return [fact(ReSurveySent, { survey, channel })];
  },
});

export const ReSurveyAnswered = caseEvent('ReSurveyAnswered', {
  fields: { survey: identity(Text()), answers: otherwise([], Answers()), comment: Optional(Personal) },
  contradicts: ({ reSurveys }, { survey }) =>
    reSurveys.some(({ id }) => id === survey) ? undefined : `answers ${survey}, never sent`,
  apply: (state, { data: { survey } }) => {
    const reSurveys = state.reSurveys.map((sent) => (sent.id === survey ? { ...sent, answered: true } : sent));
    return changed(state, {}, { reSurveys });
  },
});

export const AnswerReSurvey = caseCommand('AnswerReSurvey', {
  comes: {
    path: 're-survey-answers',
    roles: REPORTERS,
    says: "Record the customer's answer to the re-survey",
    example: { survey: 's-1', answers: [{ metric: 'nps', score: 9 }], comment: 'Thank you, Ana' },
  },
  fields: { survey: Text(), answers: Answers(1), comment: Optional(Personal) },
  decide({ survey, answers, comment }, { reSurveys }) {
    const sent = reSurveys.find(({ id }) => id === survey);
    if (!sent) return refuse('re-survey-not-found', `This case sent no re-survey ${survey}. Check its id.`, 'survey');
    if (sent.answered) return [];
    if (answers.length === 0)
      return refuse(
        're-survey-without-answer',
        'An answered re-survey has at least one answer: a metric and a score.',
        'answers',
      );
    return offScale(answers) ?? [fact(ReSurveyAnswered, { survey, answers, comment })];
  },
});

const later = (instant: string, duration: string | undefined): string =>
  duration === undefined ? instant : new Date(Date.parse(instant) + parseDuration(duration)).toISOString();

import { fact } from '../../event-sourcing/declared-event.js';
import { refuse, type Refusal, through } from '../../event-sourcing/decider.js';
import { idOf } from '../../event-sourcing/identity.js';
import { breaking, Breaches } from '../case/breaches.js';
import type { CaseContext } from '../case/case-context.js';
import { changed, type OpenedCase } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { offScale } from '../response/scales.js';
import { parseDuration } from '../rules/duration.js';
import { Answers, identity, OneOf, Optional, otherwise, Personal, Text } from '../vocabulary/fields.js';
import { REPORTERS } from '../vocabulary/roles.js';
import { CHANNELS, type Breach } from '../vocabulary/words.js';

export const ReSurveySent = caseEvent('ReSurveySent', {
  fields: { survey: identity(Text()), channel: OneOf(CHANNELS), breaches: Breaches },
  apply: (state, { data: { survey: id } }) => {
    const sent = { id, cycle: state.facts.cycle, answered: false };
    return changed(state, {}, { reSurveys: [...state.reSurveys, sent] });
  },
});

/**
 * The customer is asked again after approval: once a cycle, not before the rules' delay, never over-surveyed. Said with
 * the time at which it happened, it is a fact.
 */
export const SendReSurvey = caseCommand('SendReSurvey', {
  is: 'intention',
  comes: {
    path: 're-surveys',
    roles: REPORTERS,
    says: 'Ask the customer again; or, with its time (occurredAt), record that they were asked',
    example: { survey: 's-1', channel: 'e-mail' },
  },
  fields: {
    /** Made from the case and its cycle where the caller names none. */
    survey: Optional(Text()),
    channel: OneOf(CHANNELS),
  },
  needs: ['lastReSurveyAt'],
  decide({ survey: named, channel }, state, context) {
    const { facts, reSurveys } = state;
    const survey = named ?? idOf('re-survey', state.case, facts.cycle);
    if (reSurveys.some(({ id }) => id === survey)) return [];
    const obstacles = notToBeAsked(state, context);
    const [first] = obstacles;
    if (first && context.occurredAt === undefined) return first;
    return [fact(ReSurveySent, { survey, channel, ...breaking(...obstacles.map(({ refused }) => refused)) })];
  },
});

/** Why the customer is to be left alone at that time. */
function notToBeAsked(
  { facts: { status, cycle }, reSurveys, approvedAt }: OpenedCase,
  { now, occurredAt: at = now, rules, lastReSurveyAt: last }: CaseContext,
): readonly Refusal<Breach>[] {
  const { reSurveyAfter, coolDown } = rules?.ruleSet.verification ?? {};
  const found: Refusal<Breach>[] = [];
  const due = later(approvedAt ?? at, reSurveyAfter);
  if (status !== 'approved')
    found.push(
      refuse(
        're-survey-before-approval',
        `Customers are asked again once the case is approved; it is ${status}.`,
        through(`Ask then. ${ASKED_ALREADY}`, 'SendReSurvey'),
      ),
    );
  else if (due > at)
    found.push(
      refuse(
        're-survey-too-early',
        `The rules ask ${reSurveyAfter} after approval.`,
        through(`Ask again from ${due} on. ${ASKED_ALREADY}`, 'SendReSurvey'),
      ),
    );
  if (reSurveys.some((sent) => sent.cycle === cycle))
    found.push(
      refuse(
        're-surveyed-already',
        'The customer was asked again about this case already.',
        through(`Wait for the answer. ${ASKED_ALREADY}`, 'SendReSurvey'),
      ),
    );
  const cool = last === undefined || last > at || coolDown === undefined ? at : later(last, coolDown);
  if (cool > at)
    found.push(
      refuse(
        're-survey-cool-down',
        `The customer was asked at ${last}.`,
        through(`Leave them alone until ${cool}. ${ASKED_ALREADY}`, 'SendReSurvey'),
      ),
    );
  return found;
}

const ASKED_ALREADY = 'If they were asked, say when (occurredAt): that is recorded.';

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
  is: 'fact',
  comes: {
    path: 're-survey-answers',
    roles: REPORTERS,
    says: "Record the customer's answer to the re-survey",
    example: { survey: 's-1', answers: [{ metric: 'nps', score: 9 }], comment: 'Thank you, Ana' },
  },
  fields: { survey: Text(), answers: Answers(1), comment: Optional(Personal) },
  decide({ survey, answers, comment }, { reSurveys }) {
    const sent = reSurveys.find(({ id }) => id === survey);
    if (!sent)
      return refuse(
        're-survey-not-found',
        `This case sent no re-survey ${survey}.`,
        through('Check its id, or record first that it was sent.', 'SendReSurvey'),
        'survey',
      );
    if (sent.answered) return [];
    if (answers.length === 0)
      return refuse(
        're-survey-without-answer',
        'An answered re-survey has at least one answer.',
        'Send a metric and a score.',
        'answers',
      );
    return offScale(answers) ?? [fact(ReSurveyAnswered, { survey, answers, comment })];
  },
});

const later = (instant: string, duration: string | undefined): string =>
  duration === undefined ? instant : new Date(Date.parse(instant) + parseDuration(duration)).toISOString();

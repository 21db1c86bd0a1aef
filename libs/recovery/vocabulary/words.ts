// Each list of words stands here once. The words are stored in history, so none is taken out or renamed.

export const CHANNELS = ['phone', 'e-mail', 'chat', 'sms', 'letter', 'social', 'in-person', 'other'] as const;
export type Channel = (typeof CHANNELS)[number];

export const CONTACT_OUTCOMES = ['reached', 'no-answer', 'voicemail', 'wrong-number', 'bounced', 'refused'] as const;
export type ContactOutcome = (typeof CONTACT_OUTCOMES)[number];

/** How people of ours are told. */
export const TOLD_BY = ['mail', 'messenger', 'webhook'] as const;
export type ToldBy = (typeof TOLD_BY)[number];
/** Why a level of an escalation is passed over. */
export const PASSED_OVER = ['clock-stopped', 'due-time-moved', 'condition'] as const;

export const WAITING_ON = ['customer', 'third-party', 'internal'] as const;

/** How an owner's choice came about where nobody named one: by a rule, or because nobody else could take the case. */
export const CHOSEN_BY = ['rule', 'team-fallback', 'programme-fallback'] as const;
export type ChosenBy = (typeof CHOSEN_BY)[number];
/** Why a case fell to a fallback owner although the rules choose owners. */
export const FALLBACK_REASONS = ['no-room', 'nobody-present', 'nobody-suits'] as const;
export type FallbackReason = (typeof FALLBACK_REASONS)[number];
/** How it was chosen, or a person's act, or a source's record. */
export const ASSIGNED_BY = [...CHOSEN_BY, 'person', 'source'] as const;

export const OFFER_ANSWERS = ['accepted', 'declined', 'no-answer'] as const;
export type OfferAnswer = (typeof OFFER_ANSWERS)[number];

export const GIVE_UP_REASONS = ['unreachable', 'contact-refused'] as const;
export type GiveUpReason = (typeof GIVE_UP_REASONS)[number];

/**
 * The rules that a fact may break: it happened all the same, so it is recorded, and the breach counted. Where the same
 * rule stops what is only meant to be done, the word is the code of that refusal.
 */
export const BREACHES = [
  'frequency-cap',
  'channel-not-allowed',
  'contact-hours',
  'contact-refused',
  'in-review',
  'closed',
  'no-progress-left',
  'not-approved-yet',
  'alerted-not-owner',
  'offer-not-authorised',
  'offer-answered-already',
  'callback-before-approval',
  're-survey-before-approval',
  're-surveyed-already',
  're-survey-too-early',
  're-survey-cool-down',
] as const;
export type Breach = (typeof BREACHES)[number];

/** On a target. */
export const VERDICTS = ['met', 'missed'] as const;
export type Verdict = (typeof VERDICTS)[number];

export const CASE_STATUSES = ['open', 'paused', 'submitted', 'approved', 'given-up', 'merged'] as const;
export type CaseStatus = (typeof CASE_STATUSES)[number];

export const RESPONSE_KINDS = [
  'survey',
  'complaint',
  'ticket',
  'social',
  'review',
  'forum',
  'operational-failure',
] as const;

export const CONTACT_ME = ['yes', 'no', 'not-answered'] as const;
export type ContactMe = (typeof CONTACT_ME)[number];

/** By the thresholds of the rules. */
export const SCORE_LEVELS = ['low', 'high', 'none'] as const;
export type ScoreLevel = (typeof SCORE_LEVELS)[number];

/** What a day's room goes to first among those held back. */
export const RELEASE_ORDERS = ['oldest-first', 'lowest-first'] as const;
export type ReleaseOrder = (typeof RELEASE_ORDERS)[number];

/** Who let in what a throttle held back. */
export const RELEASED_BY = ['rule', 'person'] as const;
export type ReleasedBy = (typeof RELEASED_BY)[number];

export const TRIAGE_OUTCOMES = ['opened', 'respected', 'held-back', 'nothing'] as const;

/** What a member of a team does in it. */
export const MEMBER_ROLES = ['agent', 'supervisor', 'approver'] as const;

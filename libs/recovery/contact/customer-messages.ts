import { fact } from '../../event-sourcing/declared-event.js';
import { refuse } from '../../event-sourcing/decider.js';
import { changed, worked } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { notInWork } from '../case/in-work.js';
import { Flag, OneOf, Optional, otherwise, Personal } from '../vocabulary/fields.js';
import { REPORTERS, WORKERS } from '../vocabulary/roles.js';
import { CHANNELS } from '../vocabulary/words.js';
import { ANSWERED } from './replies.js';

const message = { channel: OneOf(CHANNELS), message: Optional(Personal) };
const example = { channel: 'e-mail', message: 'The refund is on its way.' };

export const CaseAcknowledged = caseEvent('CaseAcknowledged', {
  fields: { channel: OneOf(CHANNELS), automatic: otherwise(false, Flag) },
  // Only a person answers.
  apply: (state, { data: { automatic } }) => changed(state, { acknowledged: true, ...(automatic ? {} : ANSWERED) }),
});

/** Once a cycle. */
export const AcknowledgeCase = caseCommand('AcknowledgeCase', {
  comes: {
    path: 'acknowledgement',
    roles: REPORTERS,
    says: 'Record that the customer was told that we have the case',
    example: { channel: 'e-mail', automatic: true },
  },
  fields: { channel: OneOf(CHANNELS), automatic: Optional(Flag) },
  decide({ channel, automatic = false }, { facts }) {
    if (facts.acknowledged) return [];
    if (facts.status === 'approved') return notInWork(facts);
    return [fact(CaseAcknowledged, { channel, automatic })];
  },
});

export const ProgressUpdateSent = caseEvent('ProgressUpdateSent', {
  fields: message,
  apply: (state, { actor }) => worked(state, actor.id, ANSWERED),
});

export const SendProgressUpdate = caseCommand('SendProgressUpdate', {
  comes: { path: 'progress-updates', roles: WORKERS, says: 'Record an update to the customer', example },
  fields: message,
  decide({ channel, message: text }, { facts }) {
    if (facts.status === 'approved')
      return refuse('no-progress-left', 'The case is approved: tell the customer what was done instead.');
    return [fact(ProgressUpdateSent, { channel, message: text })];
  },
});

export const CustomerInformed = caseEvent('CustomerInformed', {
  fields: message,
  apply: (state) => changed(state, { informed: true, ...ANSWERED }),
});

/** This closes the loop. It waits for the approval, because a case may still be returned before. Told again, it answers a message. */
export const InformCustomer = caseCommand('InformCustomer', {
  comes: {
    path: 'customer-information',
    roles: WORKERS,
    says: 'Record that the customer was told what was done',
    example,
  },
  fields: message,
  decide({ channel, message: text }, { facts: { informed, status, unanswered } }) {
    if (informed && unanswered === 0) return [];
    if (status !== 'approved')
      return refuse('not-approved-yet', `The case is ${status}. Tell the customer what was done once it is approved.`);
    return [fact(CustomerInformed, { channel, message: text })];
  },
});

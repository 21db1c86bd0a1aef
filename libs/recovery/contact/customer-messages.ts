import { fact } from '../../event-sourcing/declared-event.js';
import { breaking, Breaches } from '../case/breaches.js';
import { changed, worked } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { Flag, OneOf, Optional, otherwise, Personal } from '../vocabulary/fields.js';
import { REPORTERS, WORKERS } from '../vocabulary/roles.js';
import { CHANNELS } from '../vocabulary/words.js';
import { ANSWERED } from './replies.js';

const message = { channel: OneOf(CHANNELS), message: Optional(Personal) };
const example = { channel: 'e-mail', message: 'The refund is on its way.' };

export const CaseAcknowledged = caseEvent('CaseAcknowledged', {
  fields: { channel: OneOf(CHANNELS), automatic: otherwise(false, Flag), breaches: Breaches },
  // Only a person answers.
  apply: (state, { data: { automatic } }) => changed(state, { acknowledged: true, ...(automatic ? {} : ANSWERED) }),
});

/** Once a cycle. */
export const AcknowledgeCase = caseCommand('AcknowledgeCase', {
  is: 'fact',
  comes: {
    path: 'acknowledgement',
    roles: REPORTERS,
    says: 'Record that the customer was told that we have the case',
    example: { channel: 'e-mail', automatic: true },
  },
  fields: { channel: OneOf(CHANNELS), automatic: Optional(Flag) },
  decide({ channel, automatic = false }, { facts }) {
    if (facts.acknowledged) return [];
    // A review may be under way before the customer is told that we have the case.
    const broken = breaking(facts.status === 'approved' ? 'closed' : undefined);
    return [fact(CaseAcknowledged, { channel, automatic, ...broken })];
  },
});

export const ProgressUpdateSent = caseEvent('ProgressUpdateSent', {
  fields: { ...message, breaches: Breaches },
  apply: (state, { actor }) => worked(state, actor.id, ANSWERED),
});

export const SendProgressUpdate = caseCommand('SendProgressUpdate', {
  is: 'fact',
  comes: { path: 'progress-updates', roles: WORKERS, says: 'Record an update to the customer', example },
  fields: message,
  decide({ channel, message: text }, { facts }) {
    const broken = breaking(facts.status === 'approved' ? 'no-progress-left' : undefined);
    return [fact(ProgressUpdateSent, { channel, message: text, ...broken })];
  },
});

export const CustomerInformed = caseEvent('CustomerInformed', {
  fields: { ...message, breaches: Breaches },
  // Told too early, the customer is told again once the case is approved.
  apply: (state, { data: { breaches } }) => changed(state, { ...(breaches ? {} : { informed: true }), ...ANSWERED }),
});

/** This closes the loop, once the case is approved: before, it may still be returned. Told again, it answers a message. */
export const InformCustomer = caseCommand('InformCustomer', {
  is: 'fact',
  comes: {
    path: 'customer-information',
    roles: WORKERS,
    says: 'Record that the customer was told what was done',
    example,
  },
  fields: message,
  decide({ channel, message: text }, { facts: { informed, status, unanswered } }) {
    if (informed && unanswered === 0) return [];
    const broken = breaking(status === 'approved' ? undefined : 'not-approved-yet');
    return [fact(CustomerInformed, { channel, message: text, ...broken })];
  },
});

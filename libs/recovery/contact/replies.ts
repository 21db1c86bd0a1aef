import { fact } from '../../event-sourcing/declared-event.js';
import type { CaseFacts } from '../case/case-facts.js';
import { changed } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { OneOf, Optional, Personal } from '../vocabulary/fields.js';
import { REPORTERS } from '../vocabulary/roles.js';
import { CHANNELS } from '../vocabulary/words.js';

const fields = { channel: OneOf(CHANNELS), message: Optional(Personal) };

/** What an answer of ours makes of the case: all messages before it are answered. */
export const ANSWERED = { unanswered: 0 } as const satisfies Partial<CaseFacts>;

export const CustomerMessageReceived = caseEvent('CustomerMessageReceived', {
  fields,
  apply: (state, { occurredAt }) => {
    // What the customer wrote before the case was opened is what it was opened for.
    if (occurredAt < state.openedAt) return state;
    const { facts, repliesDue } = state;
    // Whoever writes again before our answer waits for the same reply.
    const due = facts.unanswered === 0 ? { repliesDue: repliesDue + 1 } : undefined;
    return changed(state, { unanswered: facts.unanswered + 1 }, due);
  },
});

/** Customers write when they like, after the case is closed too. */
export const RecordCustomerMessage = caseCommand('RecordCustomerMessage', {
  is: 'fact',
  comes: {
    path: 'customer-messages',
    roles: REPORTERS,
    says: 'Record what the customer wrote to us. It is unanswered until we reach them or write to them',
    example: { channel: 'e-mail', message: 'Where is my refund?' },
  },
  fields,
  decide({ channel, message }) {
    return [fact(CustomerMessageReceived, { channel, message })];
  },
});

import { fact } from '../../event-sourcing/declared-event.js';
import { changed } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { Text } from '../vocabulary/fields.js';
import { REPORTERS } from '../vocabulary/roles.js';

const fields = {
  /** Where the ticket is, such as crm. */
  system: Text(64),
  /** Its number there. */
  ticket: Text(),
};

/** Another system keeps a ticket for the case. */
export const TicketLinked = caseEvent('TicketLinked', {
  fields,
  apply: (state, { data: { system, ticket } }) => {
    const others = state.tickets.filter((one) => one.system !== system);
    return changed(state, {}, { tickets: [...others, { system, ticket }] });
  },
});

/** One ticket for each system: another one takes its place. */
export const LinkTicket = caseCommand('LinkTicket', {
  is: 'fact',
  comes: {
    path: 'tickets',
    roles: REPORTERS,
    says: 'Record the ticket that another system keeps for the case',
    example: { system: 'crm', ticket: 'T-1042' },
  },
  fields,
  decide: ({ system, ticket }, { tickets }) =>
    tickets.some((known) => known.system === system && known.ticket === ticket)
      ? []
      : [fact(TicketLinked, { system, ticket })],
});

import { fact } from '../../event-sourcing/declared-event.js';
import { refuse, through } from '../../event-sourcing/decider.js';
import { NEW_CYCLE } from '../case/case-facts.js';
import { changed } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { given, identity, Optional, Text, Whole } from '../vocabulary/fields.js';
import { WORKERS } from '../vocabulary/roles.js';

export const CaseReopened = caseEvent('CaseReopened', {
  /** `cycle`: the new one's number as it was known then. The fold counts, as an earlier reopening may be told later. */
  fields: { cycle: given(identity(Whole())), reason: Optional(Text(2_000)) },
  apply: (state) => {
    const cycle = state.facts.cycle + 1;
    return changed(state, { ...NEW_CYCLE, cycle }, { alertedOwner: undefined, pausedUntil: undefined });
  },
});

/** Only what was closed can be opened again; what is under review is returned. */
export const ReopenCase = caseCommand('ReopenCase', {
  is: 'intention',
  comes: {
    path: 'reopening',
    roles: WORKERS,
    says: 'Open the case again: a new cycle',
    example: { reason: 'It happened again' },
  },
  fields: { reason: Optional(Text(2_000)) },
  decide({ reason }, { facts: { status, cycle } }) {
    if (status !== 'approved')
      return refuse(
        'not-closed',
        `Only an approved case can be reopened; this one is ${status}.`,
        through('One in review is returned; any other goes on as it is.', 'ReturnCase'),
      );
    return [fact(CaseReopened, { cycle: cycle + 1, reason })];
  },
});

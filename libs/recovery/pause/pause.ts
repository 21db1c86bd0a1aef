import { fact } from '../../event-sourcing/declared-event.js';
import { refuse } from '../../event-sourcing/decider.js';
import { changed, inWork, type OpenedCase } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { notInWork } from '../case/in-work.js';
import { Instant, OneOf, Optional, Text } from '../vocabulary/fields.js';
import { WORKERS } from '../vocabulary/roles.js';
import { WAITING_ON } from '../vocabulary/words.js';

const fields = { waitingOn: OneOf(WAITING_ON), reason: Optional(Text(2_000)), until: Optional(Instant) };

export const CasePaused = caseEvent('CasePaused', {
  fields,
  apply: (state, { id, data: { waitingOn, until } }) =>
    changed(state, { status: 'paused', waitingOn }, { pausedUntil: until, pausedBy: id }),
});

const resumed = (state: OpenedCase): OpenedCase => {
  const { status } = state.facts;
  const now = { status: status === 'paused' ? 'open' : status, waitingOn: null } as const;
  return changed(state, now, { pausedUntil: undefined, pausedBy: undefined });
};

/** The case at an instant: a pause with an end has ended then, whether or not anybody says so. */
export const afterPause = (state: OpenedCase, at: string): OpenedCase =>
  state.facts.status === 'paused' && state.pausedUntil !== undefined && state.pausedUntil <= at
    ? resumed(state)
    : state;

export const PauseCase = caseCommand('PauseCase', {
  comes: {
    path: 'pauses',
    roles: WORKERS,
    says: 'Wait for the customer or somebody else',
    example: { waitingOn: 'customer', reason: 'Sends us a photograph' },
  },
  fields,
  decide({ waitingOn, reason, until }, { facts, pausedUntil }, { now }) {
    if (!inWork(facts)) return notInWork(facts);
    if (facts.status === 'paused') {
      if (facts.waitingOn === waitingOn && pausedUntil === until) return [];
      return refuse(
        'paused-already',
        `The case waits on ${facts.waitingOn} already. Resume it before pausing it anew.`,
      );
    }
    if (until !== undefined && until <= now)
      return refuse(
        'pause-ends-in-the-past',
        `A pause until ${until} is over already. Name a later time, or none.`,
        'until',
      );
    return [fact(CasePaused, { waitingOn, reason, until })];
  },
});

export const CaseResumed = caseEvent('CaseResumed', {
  fields: { reason: Optional(Text(2_000)) },
  apply: resumed,
});

export const ResumeCase = caseCommand('ResumeCase', {
  comes: {
    path: 'resumption',
    roles: WORKERS,
    says: 'Go on after a pause',
    example: { reason: 'The photograph came' },
  },
  fields: { reason: Optional(Text(2_000)) },
  decide({ reason }, { facts }) {
    if (facts.status === 'open') return [];
    if (facts.status !== 'paused') return notInWork(facts);
    return [fact(CaseResumed, { reason })];
  },
});

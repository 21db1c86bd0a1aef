import { fact } from '../../event-sourcing/declared-event.js';
import { refuse } from '../../event-sourcing/decider.js';
import { breaking, Breaches, outOfWork } from '../case/breaches.js';
import { changed, type OpenedCase } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { Instant, OneOf, Optional, Text } from '../vocabulary/fields.js';
import { WORKERS } from '../vocabulary/roles.js';
import { WAITING_ON } from '../vocabulary/words.js';

const fields = { waitingOn: OneOf(WAITING_ON), reason: Optional(Text(2_000)), until: Optional(Instant) };

export const CasePaused = caseEvent('CasePaused', {
  fields: { ...fields, breaches: Breaches },
  // A case in review waits for its reviewer alone, and a closed one for nobody.
  apply: (state, { id, data: { waitingOn, until, breaches } }) =>
    breaches ? state : changed(state, { status: 'paused', waitingOn }, { pausedUntil: until, pausedBy: id }),
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

/** A case waits for one at a time: another pause takes the place of the one before. */
export const PauseCase = caseCommand('PauseCase', {
  is: 'fact',
  comes: {
    path: 'pauses',
    roles: WORKERS,
    says: 'Wait for the customer or somebody else',
    example: { waitingOn: 'customer', reason: 'Sends us a photograph' },
  },
  fields,
  decide({ waitingOn, reason, until }, { facts, pausedUntil }, { now, occurredAt = now }) {
    if (facts.status === 'paused' && facts.waitingOn === waitingOn && pausedUntil === until) return [];
    if (until !== undefined && until <= occurredAt)
      return refuse(
        'pause-ends-in-the-past',
        `A pause that begins at ${occurredAt} can't end at ${until}.`,
        'Name a later end or none, or when it began (occurredAt).',
        'until',
      );
    return [fact(CasePaused, { waitingOn, reason, until, ...breaking(outOfWork(facts)) })];
  },
});

export const CaseResumed = caseEvent('CaseResumed', {
  fields: { reason: Optional(Text(2_000)) },
  apply: resumed,
});

export const ResumeCase = caseCommand('ResumeCase', {
  is: 'fact',
  comes: {
    path: 'resumption',
    roles: WORKERS,
    says: 'Go on after a pause',
    example: { reason: 'The photograph came' },
  },
  fields: { reason: Optional(Text(2_000)) },
  decide({ reason }, { facts }) {
    if (facts.status !== 'paused') return []; // it waits for nobody
    return [fact(CaseResumed, { reason })];
  },
});

/** Folds and clocks see the end of a pause by themselves; its event tells whoever waits for it. It happens at that end. */
export const EndPause = caseCommand('EndPause', {
  is: 'fact',
  comes: { inside: 'The timekeeper ends a pause when its time has come.' },
  fields: { until: Instant },
  decide({ until }, _, { now }, { asLeft }) {
    if (asLeft.facts.status !== 'paused' || asLeft.pausedUntil !== until) return []; // it ended, or lasts until another time
    if (now < until)
      return refuse('pause-goes-on', `The pause ends at ${until}.`, 'Wait for its end, or resume the case.', 'until');
    return [fact(CaseResumed, {})];
  },
});

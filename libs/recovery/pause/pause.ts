import { refuse, type Decision } from '../../event-sourcing/decider.js';
import type { CaseCommandOf } from '../case/case-commands.js';
import type { CaseContext } from '../case/case-context.js';
import type { CaseEvent } from '../case/case-events.js';
import type { OpenedCase } from '../case/case-state.js';
import { inWork } from '../case/case-state.js';
import { notInWork } from '../case/in-work.js';
import { stated } from '../../event-sourcing/stated.js';

export function pauseCase(
  { waitingOn, reason, until }: CaseCommandOf<'PauseCase'>,
  state: OpenedCase,
  { now }: CaseContext,
): Decision<CaseEvent> {
  if (!inWork(state)) return notInWork(state);
  if (state.status === 'paused') {
    if (state.waitingOn === waitingOn && state.until === until) return [];
    return refuse('paused-already', `The case waits on ${state.waitingOn} already. Resume it before pausing it anew.`);
  }
  if (until !== undefined && until <= now)
    return refuse(
      'pause-ends-in-the-past',
      `A pause until ${until} is over already. Name a later time, or none.`,
      'until',
    );
  return [
    {
      type: 'CasePaused',
      data: stated({ waitingOn, reason, until }),
    },
  ];
}

export function resumeCase({ reason }: CaseCommandOf<'ResumeCase'>, state: OpenedCase): Decision<CaseEvent> {
  if (state.status === 'open') return [];
  if (state.status !== 'paused') return notInWork(state);
  return [{ type: 'CaseResumed', data: stated({ reason }) }];
}

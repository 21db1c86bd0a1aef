import { refuse, through, type Refusal } from '../../event-sourcing/decider.js';
import type { CaseContext } from '../case/case-context.js';
import type { OpenedCase } from '../case/case-state.js';

/** Nobody reviews a case that they owned, now or before, or did some of the work of. Rules may do without. */
export function ownWork({ workers }: OpenedCase, { actor, rules }: CaseContext): Refusal | undefined {
  if (rules?.ruleSet.approval?.fourEyes === false || !workers.includes(actor.id)) return undefined;
  return refuse(
    'four-eyes',
    `${actor.id} worked on this case.`,
    through('Have somebody review it who did none of its work: an approver, a supervisor or another agent.', [
      'ApproveCase',
      'ReturnCase',
    ]),
  );
}

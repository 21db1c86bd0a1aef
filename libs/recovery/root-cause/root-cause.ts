import { refuse, type Decision } from '../../event-sourcing/decider.js';
import type { CaseCommandOf } from '../case/case-commands.js';
import type { CaseContext } from '../case/case-context.js';
import type { CaseEvent } from '../case/case-events.js';
import { inWork, type OpenedCase } from '../case/case-state.js';
import { notInWork } from '../case/in-work.js';
import { stated } from '../../event-sourcing/stated.js';
import { causeAt, nearestCauses } from './taxonomy.js';

export function identifyRootCause(
  { cause, action }: CaseCommandOf<'IdentifyRootCause'>,
  state: OpenedCase,
  { rules }: CaseContext,
): Decision<CaseEvent> {
  const { cycle, rootCause: known } = state.file;
  if (known?.cycle === cycle && known.action === action && known.cause.join('\n') === cause.join('\n')) return [];
  if (!inWork(state)) return notInWork(state);
  if (cause.length === 0 || cause.some((level) => level.trim() === ''))
    return refuse(
      'root-cause-empty',
      'Name the cause from its coarsest level to its finest, none of them blank.',
      'cause',
    );
  const taxonomy = rules?.ruleSet.rootCauses?.taxonomy;
  if (taxonomy) {
    const path = causeAt(taxonomy, cause);
    if (!path) {
      const nearest = nearestCauses(taxonomy, cause).map((near) => `"${near.join(' > ')}"`);
      const because = `The taxonomy has no cause "${cause.join(' > ')}". Nearest: ${nearest.join(', ')}.`;
      return refuse('root-cause-unknown', because, 'cause');
    }
    if (path.some(({ actionRequired }) => actionRequired) && (action ?? '').trim() === '')
      return refuse(
        'root-cause-without-action',
        `"${cause.join(' > ')}" asks for an action: say what is done about it.`,
        'action',
      );
  }
  return [{ type: 'RootCauseIdentified', data: stated({ cause, action }) }];
}

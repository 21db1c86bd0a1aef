import { refuse, type Decision } from '../../event-sourcing/decider.js';
import type { ResponseEvent } from '../response/response-events.js';
import type { CaseCommandOf, CaseEventData } from './case-commands.js';
import type { CaseContext } from './case-context.js';
import type { CaseEvent } from './case-events.js';
import type { OpenedCase } from './case-state.js';
import { stated } from '../../event-sourcing/stated.js';

/** Opened and owned in one append: no crash in between can leave a case that nobody has. */
export function openCase(command: CaseCommandOf<'OpenCase'>, { rules }: CaseContext): Decision<CaseEvent> {
  const { type: _, owner: named, assignedBy, ...opened } = command;
  const owner = named ?? rules?.ruleSet.fallbackOwner;
  if (owner === undefined)
    return refuse(
      'owner-missing',
      'No owner is named and the programme has no rules with a fallback owner. Name one.',
      'owner',
    );
  const by = assignedBy ?? (named === undefined ? 'programme-fallback' : 'person');
  return [
    { type: 'CaseOpened', data: stated(opened) },
    { type: 'CaseAssigned', data: stated({ owner, team: opened.team, by }) },
  ];
}

export function openedAlready(command: CaseCommandOf<'OpenCase'>, { file }: OpenedCase): Decision<CaseEvent> {
  if (command.customer === file.customer) return [];
  return refuse('case-opened-already', `Case ${file.case} was opened for another customer. Use another id.`, 'case');
}

/** What a case keeps of the response it is opened for. */
export function openedFor(
  response: Extract<ResponseEvent, { type: 'ResponseReceived' }>['data'],
  opening: Pick<CaseEventData<'CaseOpened'>, 'case' | 'kind' | 'priority' | 'team' | 'ruleSet'>,
): CaseEventData<'CaseOpened'> {
  const { customer, touchpoint, product, order, agent, language, tags, failure } = response;
  return stated({
    ...opening,
    customer,
    response: response.response,
    touchpoint,
    product,
    order,
    agent,
    language,
    failure,
    tags,
  });
}

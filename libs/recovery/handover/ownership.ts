import { refuse, type Decision } from '../../event-sourcing/decider.js';
import type { CaseCommandOf } from '../case/case-commands.js';
import type { CaseEvent } from '../case/case-events.js';
import { inWork, type OpenedCase } from '../case/case-state.js';
import { notInWork } from '../case/in-work.js';
import { stated } from '../../event-sourcing/stated.js';

/** Gives a case its first owner. From then on it is handed over, with a reason. */
export function assignCase(
  { owner, team, by, reason }: CaseCommandOf<'AssignCase'>,
  state: OpenedCase,
): Decision<CaseEvent> {
  const { file } = state;
  if (file.owner === owner && (team === undefined || team === file.team)) return [];
  if (!inWork(state)) return notInWork(state);
  if (file.owner !== undefined)
    return refuse('owned-already', `The case is ${file.owner}'s. Hand it off, with a reason.`, 'owner');
  return [
    {
      type: 'CaseAssigned',
      data: stated({ owner, team, by: by ?? 'person', reason }),
    },
  ];
}

export function handOffCase(
  { toOwner, toTeam, reason }: CaseCommandOf<'HandOffCase'>,
  state: OpenedCase,
): Decision<CaseEvent> {
  const { file } = state;
  if (file.owner === toOwner && (toTeam === undefined || toTeam === file.team)) return [];
  if (!inWork(state)) return notInWork(state);
  if (reason.trim() === '')
    return refuse('reason-of-hand-off-missing', 'Say why the case goes to somebody else.', 'reason');
  return [
    {
      type: 'CaseHandedOff',
      data: stated({ fromOwner: file.owner, toOwner, toTeam, reason }),
    },
  ];
}

/** That the owner was told. Told once: an alert to somebody who lost the case meanwhile counts for nothing. */
export function recordOwnerAlert(
  { owner, channel }: CaseCommandOf<'RecordOwnerAlert'>,
  { file }: OpenedCase,
): Decision<CaseEvent> {
  if (file.alerted === owner) return [];
  if (file.owner !== owner)
    return refuse(
      'alerted-not-owner',
      `The case is ${file.owner ?? "nobody's"}, so alerting ${owner} is no alert.`,
      'owner',
    );
  return [{ type: 'OwnerAlerted', data: { owner, channel } }];
}

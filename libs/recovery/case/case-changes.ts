import { refuse, type Decision } from '../../event-sourcing/decider.js';
import type { CaseCommandOf } from './case-commands.js';
import type { CaseContext } from './case-context.js';
import type { CaseEvent } from './case-events.js';
import { recordedBy, type OpenedCase } from './case-state.js';
import { stated } from '../../event-sourcing/stated.js';

export function changePriority(
  { priority, reason }: CaseCommandOf<'ChangePriority'>,
  state: OpenedCase,
): Decision<CaseEvent> {
  if (state.file.priority === priority) return [];
  if (state.status === 'approved')
    return refuse('priority-of-closed', 'The case is approved, so its priority stands. Reopen it first.');
  return [{ type: 'CasePriorityChanged', data: stated({ priority, reason }) }];
}

/** Only what was closed can be opened again; what is under review is returned. */
export function reopenCase({ reason }: CaseCommandOf<'ReopenCase'>, state: OpenedCase): Decision<CaseEvent> {
  if (state.status !== 'approved')
    return refuse('not-closed', `Only an approved case can be reopened; this one is ${state.status}.`);
  const cycle = state.file.cycle + 1;
  return [{ type: 'CaseReopened', data: stated({ cycle, reason }) }];
}

/** A duplicate goes on in the case it duplicates. */
export function mergeCase(
  { into, reason }: CaseCommandOf<'MergeCase'>,
  state: OpenedCase,
  { mergesInto }: CaseContext,
): Decision<CaseEvent> {
  if (state.status === 'merged') {
    if (state.into === into) return [];
    return refuse('merged-elsewhere', `This case was merged into ${state.into} already. Go on there.`, 'into');
  }
  if (into === state.file.case)
    return refuse('merge-into-itself', 'A case cannot be merged into itself. Name the case it duplicates.', 'into');
  if (state.status === 'approved')
    return refuse('merge-of-closed', 'The case is approved and stays as it was closed. Reopen it before merging.');
  if (mergesInto === 'not-opened')
    return refuse('merge-into-unknown', `There is no case ${into}. Check the id of the case it duplicates.`, 'into');
  if (mergesInto === 'merged')
    return refuse('merge-into-merged', `Case ${into} was merged itself. Name the case that it went on in.`, 'into');
  return [{ type: 'CaseMerged', data: stated({ into, reason }) }];
}

export function addNote(
  { note }: CaseCommandOf<'AddNote'>,
  { file }: OpenedCase,
  { commandId }: CaseContext,
): Decision<CaseEvent> {
  if (recordedBy(file, commandId)) return [];
  if (note === '') return refuse('note-empty', 'The note says nothing. Write what the next person must know.', 'note');
  return [{ type: 'NoteAdded', data: { note } }];
}

import { fact } from '../../event-sourcing/declared-event.js';
import { refuse } from '../../event-sourcing/decider.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { Personal } from '../vocabulary/fields.js';
import { REVIEWERS } from '../vocabulary/roles.js';

export const NoteAdded = caseEvent('NoteAdded', { fields: { note: Personal } });

export const AddNote = caseCommand('AddNote', {
  is: 'fact',
  comes: {
    path: 'notes',
    roles: [...REVIEWERS, 'agent'],
    says: 'Add a note',
    example: { note: 'Prefers calls in the morning' },
  },
  fields: { note: Personal },
  decide: ({ note }) =>
    note === ''
      ? refuse('note-empty', 'The note says nothing.', 'Write what the next person must know.', 'note')
      : [fact(NoteAdded, { note })],
});

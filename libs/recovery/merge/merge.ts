import { fact } from '../../event-sourcing/declared-event.js';
import { refuse, through } from '../../event-sourcing/decider.js';
import { changed } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { given, Id, identity, Optional, Text } from '../vocabulary/fields.js';
import { WORKERS } from '../vocabulary/roles.js';

export const CaseMerged = caseEvent('CaseMerged', {
  /** `into` stays: another case is checked by another merge. `customer`: of the duplicate, which counts once among their cases. */
  fields: { into: identity(Text()), reason: Optional(Text(2_000)), customer: Optional(given(identity(Text()))) },
  apply: (state, { data: { into } }) => changed(state, { status: 'merged', waitingOn: null }, { mergedInto: into }),
});

/** A duplicate goes on in the case it duplicates. */
export const MergeCase = caseCommand('MergeCase', {
  is: 'intention',
  comes: {
    path: 'merge',
    roles: WORKERS,
    says: 'Close the case as a duplicate of another',
    example: { into: '5b0d1c9e-0c1e-5d5e-9c7a-3d1f6a2b4c8d', reason: 'Sent twice' },
  },
  fields: { into: Id, reason: Optional(Text(2_000)) },
  needs: ['mergesInto'],
  decide({ into, reason }, { case: id, customer, facts: { status }, mergedInto }, { mergesInto }) {
    if (status === 'merged') {
      if (mergedInto === into) return [];
      return refuse(
        'merged-elsewhere',
        `This case was merged into ${mergedInto} already.`,
        through('If that is wrong, have a supervisor withdraw the merge; else go on there.', 'CorrectEvent'),
        'into',
      );
    }
    if (into === id)
      return refuse(
        'merge-into-itself',
        'A case cannot be merged into itself.',
        'Name the case it duplicates.',
        'into',
      );
    if (status === 'approved')
      return refuse(
        'merge-of-closed',
        'The case is approved and stays as it was closed.',
        through('Reopen it before merging.', 'ReopenCase'),
      );
    if (mergesInto === 'not-opened')
      return refuse(
        'merge-into-unknown',
        `There is no case ${into}.`,
        'Check the id of the case it duplicates.',
        'into',
      );
    if (mergesInto?.status === 'merged')
      return refuse(
        'merge-into-merged',
        `Case ${into} was merged into ${mergesInto.into}.`,
        'Merge this one into that.',
        'into',
      );
    if (mergesInto && mergesInto.customer !== customer && !mergesInto.isOfSamePerson)
      return refuse(
        'merge-into-another-customers',
        `Case ${into} is another customer's, so it is no duplicate.`,
        'Name a case of this customer, or have an operator say that both are one person (POST /v1/customers/joins).',
        'into',
      );
    return [fact(CaseMerged, { into, reason, customer })];
  },
});

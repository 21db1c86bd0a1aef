import { OneOf, Text } from '../vocabulary/fields.js';
import { VERDICTS } from '../vocabulary/words.js';
import { caseEvent } from './declare.js';

/** A source's own verdict on a target, kept beside ours and never used to compute it. */
export const VerdictReported = caseEvent('VerdictReported', {
  fields: { target: Text(), verdict: OneOf(VERDICTS), field: Text() },
});

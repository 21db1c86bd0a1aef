import { refuse, type Refusal, through } from '../../event-sourcing/decider.js';
import type { CaseFacts } from './case-facts.js';

/** Why the owner's work can't go on in this case, and what would let it. */
export function notInWork({ status }: CaseFacts): Refusal {
  switch (status) {
    case 'submitted':
    case 'given-up':
      return refuse(
        'in-review',
        'The case waits for its review.',
        through('Have it returned before working on it.', 'ReturnCase'),
      );
    case 'approved':
      return refuse(
        'closed',
        'The case is approved and closed.',
        through('Reopen it before working on it.', 'ReopenCase'),
      );
    default:
      return refuse(
        'not-in-work',
        `The case is ${status}, so nothing can be done on it.`,
        'Work on the case that it was merged into; its document names it.',
      );
  }
}

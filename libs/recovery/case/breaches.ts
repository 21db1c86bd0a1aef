import type { CaseFacts } from './case-facts.js';
import { field } from '../../event-sourcing/schema.js';
import { given, noted, Optional, Texts } from '../vocabulary/fields.js';
import { BREACHES, type Breach } from '../vocabulary/words.js';

/** The field of a fact that names the rules it broke. The decider fills it, and no caller. */
export const Breaches = Optional(
  given(noted(field<readonly Breach[]>(Texts(BREACHES.length)), { description: 'Rules that it broke' })),
);

/** The field with these rules; left out where none was broken. */
export function breaking(...rules: readonly (Breach | undefined)[]): { readonly breaches?: readonly Breach[] } {
  const breaches = rules.filter((rule) => rule !== undefined);
  return breaches.length > 0 ? { breaches } : {};
}

/** Owner's work is done on a case in work: what happened in its review, or after it was closed, breaks that. */
export function outOfWork({ status }: CaseFacts): Breach | undefined {
  switch (status) {
    case 'submitted':
    case 'given-up':
      return 'in-review';
    case 'approved':
      return 'closed';
    default:
      return undefined;
  }
}

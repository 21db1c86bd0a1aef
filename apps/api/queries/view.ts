import { invalid } from '../../../libs/platform/problem/problem.js';
import { instantOf, isDay, isInstant } from '../../../libs/platform/validation/formats.js';
import type { RulesInHistory } from '../../../libs/replay/builds/rule-books.js';
import type { View } from '../../../libs/replay/builds/view.js';
import { findRules } from '../rules/rules-of-callers.js';
import type { Named } from './url-query.js';

/** Instants, or days for their beginning (UTC), as history holds instants. @throws Problem naming each that is neither */
export function instantsOf<Field extends string>(
  named: Named,
  ...fields: readonly Field[]
): Partial<Record<Field, string>> {
  const given = fields.flatMap((field) => (named[field] === undefined ? [] : [[field, named[field]] as const]));
  const mistaken = given.filter(([, text]) => !isInstant(text) && !isDay(text));
  if (mistaken.length === 0)
    return Object.fromEntries(given.map(([field, text]) => [field, instantOf(text)])) as Partial<Record<Field, string>>;
  throw invalid(
    mistaken.map(([field, text]) => ({
      field,
      message: `must be an instant such as 2031-05-05T09:00:00Z or a day such as 2031-05-05, not "${text}"`,
    })),
  );
}

/** The two times and the rules that a query names. @throws Problem naming each of them that can't be read so. */
export function viewOf(
  history: RulesInHistory,
  named: Named,
  now: string,
): { readonly at: string; readonly view: View } {
  const { knownAt, at = knownAt ?? now } = instantsOf(named, 'at', 'knownAt');
  const under = named['under'];
  return { at, view: { knownAt, under: under === undefined ? undefined : findRules(history, 'under', under) } };
}

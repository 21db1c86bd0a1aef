import { invalid, type FieldMistake } from '../../../libs/platform/problem/problem.js';
import { instantOf, isDay, isInstant } from '../../../libs/platform/validation/formats.js';
import type { RulesInHistory } from '../../../libs/replay/builds/rule-books.js';
import type { View } from '../../../libs/replay/builds/view.js';
import { findRules } from '../rules/rules-of-callers.js';
import type { Named } from './url-query.js';

/** The two times and the rules that a query names. @throws Problem naming each of them that can't be read so. */
export function viewOf(history: RulesInHistory, named: Named): { readonly at: string; readonly view: View } {
  const mistakes: FieldMistake[] = [];
  const when = (field: 'at' | 'knownAt'): string | undefined => {
    const text = named[field];
    if (text === undefined || isInstant(text) || isDay(text)) return text && instantOf(text);
    const message = `must be an instant such as 2031-05-05T09:00:00Z or a day such as 2031-05-05, not "${text}"`;
    mistakes.push({ field, message });
    return undefined;
  };
  const [at, knownAt] = [when('at'), when('knownAt')];
  if (mistakes.length > 0) throw invalid(mistakes);
  const under = named['under'];
  return {
    at: at ?? knownAt ?? new Date().toISOString(),
    view: { knownAt, under: under === undefined ? undefined : findRules(history, 'under', under) },
  };
}

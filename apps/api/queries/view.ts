import { ApiQuery } from '@nestjs/swagger';
import { invalid, type FieldMistake } from '../../../libs/platform/problem/problem.js';
import { instantOf, isDay, isInstant } from '../../../libs/platform/validation/formats.js';
import type { RulesInHistory } from '../../../libs/replay/builds/rule-books.js';
import type { View } from '../../../libs/replay/builds/view.js';
import { findRules } from '../rules/find-rules.js';

/** The two times and the rules, as an address names them. */
export interface ViewInUrl {
  readonly at?: string | undefined;
  readonly knownAt?: string | undefined;
  readonly under?: string | undefined;
}

const SAYS: Readonly<Record<keyof ViewInUrl, string>> = {
  at: 'The moment at which running clocks are read, an instant or a day (its beginning, UTC); left out: knownAt, else now',
  knownAt: 'As it was known then, an instant or a day (its beginning, UTC): what became known later is left out',
  under:
    'As it would be under these rules, in force since ever: the hash of a rule set of this store, the beginning of one, ' +
    'or a programme, whose latest are meant',
};

/** Declares these parameters of a route. */
export const Viewed =
  (...names: readonly (keyof ViewInUrl)[]) =>
  (target: object, key: string, descriptor: PropertyDescriptor): void => {
    for (const name of names)
      ApiQuery({ name, required: false, description: SAYS[name], schema: { type: 'string' } })(target, key, descriptor);
  };

/** @throws Problem naming each of them that can't be read so. */
export function viewOf(history: RulesInHistory, named: ViewInUrl): { readonly at: string; readonly view: View } {
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
  const { under } = named;
  return {
    at: at ?? knownAt ?? new Date().toISOString(),
    view: {
      ...(knownAt === undefined ? {} : { knownAt }),
      ...(under === undefined ? {} : { under: findRules(history, 'under', under) }),
    },
  };
}

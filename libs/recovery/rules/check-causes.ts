import type { Check } from './rule-check.js';
import type { PathPart } from './rule-problem.js';
import type { Cause } from './rule-set.js';
import { covers } from './satisfiable.js';

export function causeProblems(check: Check): void {
  const { rootCauses } = check.rules;
  if (!rootCauses) return;
  if (rootCauses.taxonomy) siblings(check, rootCauses.taxonomy, ['rootCauses', 'taxonomy']);
  const mapped = rootCauses.mapped ?? [];
  mapped.forEach(({ from, to, when = {} }, i) => {
    const at = (...parts: readonly PathPart[]) => ['rootCauses', 'mapped', i, ...parts];
    const sound = check.condition(at('when'), when);
    if (rootCauses.taxonomy && !isKnown(rootCauses.taxonomy, to)) {
      check.say(at('to'), `The taxonomy has no cause ${to.join(' > ')}.`, 'Name one that it has, or add it.');
    }
    const above = mapped.findIndex(
      (other, k) => k < i && sound && startsWith(from, other.from) && covers(other.when ?? {}, when),
    );
    if (above < 0) return;
    check.say(at(), `It never applies: mapping ${above + 1} matches first.`, 'Put the narrower one first.');
  });
}

function siblings(check: Check, causes: readonly Cause[], parts: readonly PathPart[]): void {
  check.unique(
    (i) => [...parts, i, 'code'],
    causes.map(({ code }) => code),
    'sibling cause with the code',
  );
  causes.forEach(({ children }, i) => children && siblings(check, children, [...parts, i, 'children']));
}

const startsWith = (path: readonly string[], beginning: readonly string[]): boolean =>
  beginning.every((code, i) => path[i] === code);

const isKnown = (taxonomy: readonly Cause[], [code, ...rest]: readonly string[]): boolean =>
  code === undefined || taxonomy.some((cause) => cause.code === code && isKnown(cause.children ?? [], rest));

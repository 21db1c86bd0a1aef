import { distance } from 'fastest-levenshtein';
import { fact } from '../../event-sourcing/declared-event.js';
import { refuse, type Refusal } from '../../event-sourcing/decider.js';
import { stated } from '../../event-sourcing/stated.js';
import { inWork, worked } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { notInWork } from '../case/in-work.js';
import type { Cause } from '../rules/rule-set.js';
import { CausePath, Optional, Text } from '../vocabulary/fields.js';
import { WORKERS } from '../vocabulary/roles.js';

const fields = { cause: CausePath, action: Optional(Text(2_000)) };

export const RootCauseIdentified = caseEvent('RootCauseIdentified', {
  fields,
  apply: (state, { actor, data: { cause: path, action } }) =>
    worked(state, actor.id, { rootCause: true }, { cause: stated({ cycle: state.facts.cycle, path, action }) }),
});

/** Each cycle has its own: the cause of the one before, identified again, is confirmed. */
export const IdentifyRootCause = caseCommand('IdentifyRootCause', {
  is: 'intention',
  comes: {
    path: 'root-cause',
    roles: WORKERS,
    says: 'Name the root cause',
    example: { cause: ['process', 'billing', 'double-charge'], action: 'Second charge refunded' },
  },
  fields,
  decide({ cause, action }, { facts, cause: known }, { rules }) {
    if (known?.cycle === facts.cycle && known.action === action && known.path.join('\n') === cause.join('\n'))
      return [];
    if (!inWork(facts)) return notInWork(facts);
    if (cause.length === 0 || cause.some((level) => level.trim() === ''))
      return refuse(
        'root-cause-empty',
        'A level of the cause is blank, or there is none.',
        'Name the cause from its coarsest level to its finest.',
        'cause',
      );
    const taxonomy = rules?.ruleSet.rootCauses?.taxonomy;
    const refusal = taxonomy && offTaxonomy(taxonomy, cause, action);
    return refusal ?? [fact(RootCauseIdentified, { cause, action })];
  },
});

function offTaxonomy(
  taxonomy: readonly Cause[],
  cause: readonly string[],
  action: string | undefined,
): Refusal | undefined {
  const path = causeAt(taxonomy, cause);
  if (!path) {
    const nearest = nearestCauses(taxonomy, cause).map((near) => `"${near.join(' > ')}"`);
    return refuse(
      'root-cause-unknown',
      `The taxonomy has no cause "${cause.join(' > ')}".`,
      `Nearest: ${nearest.join(', ')}.`,
      'cause',
    );
  }
  if (path.some(({ actionRequired }) => actionRequired) && (action ?? '').trim() === '')
    return refuse(
      'root-cause-without-action',
      `"${cause.join(' > ')}" asks for an action.`,
      'Say what is done about it.',
      'action',
    );
  return undefined;
}

/** The causes along a path of codes, coarsest first; undefined where the taxonomy has no such path. */
function causeAt(taxonomy: readonly Cause[], path: readonly string[]): readonly Cause[] | undefined {
  const along: Cause[] = [];
  let level: readonly Cause[] = taxonomy;
  for (const code of path) {
    const cause = level.find((candidate) => candidate.code === code);
    if (!cause) return undefined;
    along.push(cause);
    level = cause.children ?? [];
  }
  return along;
}

/** The known paths that differ from this one in the fewest letters, nearest first. */
function nearestCauses(taxonomy: readonly Cause[], path: readonly string[], count = 3): readonly (readonly string[])[] {
  const wanted = path.join(' ').toLowerCase();
  return paths(taxonomy)
    .map((known) => ({ known, away: distance(wanted, known.join(' ').toLowerCase()) }))
    .sort((a, b) => a.away - b.away)
    .slice(0, count)
    .map(({ known }) => known);
}

const paths = (causes: readonly Cause[], above: readonly string[] = []): readonly (readonly string[])[] =>
  causes.flatMap(({ code, children }) => [[...above, code], ...paths(children ?? [], [...above, code])]);

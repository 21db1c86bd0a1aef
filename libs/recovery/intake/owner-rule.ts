import { stated } from '../../event-sourcing/stated.js';
import type { CompiledRules } from '../rules/compile.js';
import type { RoutingFacts } from '../rules/routing-fields.js';
import type { RoutingRules, TriageRules } from '../rules/rule-set.js';

/** How the owner of one case is chosen, by the rules. */
export type OwnerRule = Pick<TriageRules, 'owner' | 'touchpointOwners'> &
  Pick<RoutingRules, 'workingNow' | 'weights'> & {
    readonly fallbackOwner: string;
    /** Who is named for such a case, in the order of the rules. */
    readonly named?: readonly string[];
    /** An owner has all of them. */
    readonly skills?: readonly string[];
    readonly speaks?: { readonly language: string; readonly is: NonNullable<RoutingRules['language']> };
  };

/** A case, as far as the choice of its owner looks at it. */
export interface RoutedCase {
  readonly kind: string;
  readonly priority: string;
  readonly touchpoint?: string | null | undefined;
  readonly product?: string | null | undefined;
  readonly language?: string | null | undefined;
  readonly tags?: readonly string[] | undefined;
}

export function ownerRule(
  routed: RoutedCase,
  { ruleSet, routing }: Pick<CompiledRules, 'ruleSet' | 'routing'>,
): OwnerRule {
  const { triage, fallbackOwner } = ruleSet;
  const usual = stated({ owner: triage?.owner, touchpointOwners: triage?.touchpointOwners, fallbackOwner });
  const said = triage?.routing;
  if (said === undefined || routing === undefined) return usual;
  const { kind, priority, touchpoint = null, product = null, language = null, tags = [] } = routed;
  const facts: RoutingFacts = { kind, priority, touchpoint, product, language, tags };
  return stated({
    ...usual,
    workingNow: said.workingNow,
    weights: said.weights,
    named: routing.owners.filter(({ holds }) => holds(facts)).map(({ owner }) => owner),
    skills: [...new Set(routing.skills.filter(({ holds }) => holds(facts)).map(({ skill }) => skill))],
    speaks: said.language === undefined || language === null ? undefined : { language, is: said.language },
  });
}

import { compileFilter } from '../../filter/predicate.js';
import { parseDuration } from './duration.js';
import type { RoutingFacts } from './routing-fields.js';
import type { RoutingRules } from './rule-set.js';

interface When {
  holds(this: void, facts: RoutingFacts): boolean;
}

/** Routing with its conditions as functions. */
export interface CompiledRouting {
  readonly owners: readonly (When & { readonly owner: string })[];
  readonly skills: readonly (When & { readonly skill: string })[];
  /** How long somebody stays the last owner of a customer. */
  readonly lastOwnerMs: number | undefined;
}

export const compileRouting = ({ owners = [], skills = [], lastOwner }: RoutingRules): CompiledRouting => ({
  owners: owners.map(({ when, owner }) => ({ owner, holds: compileFilter<RoutingFacts>(when) })),
  skills: skills.map(({ when, skill }) => ({ skill, holds: compileFilter<RoutingFacts>(when) })),
  lastOwnerMs: lastOwner && parseDuration(lastOwner.within),
});

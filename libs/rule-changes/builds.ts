import type { Refusal } from '../event-sourcing/decider.js';
import type { Generation, GenerationChoice, GenerationStamp } from '../read-store/read-store.js';
import type { RuleSet } from '../recovery/rules/rule-set.js';
import type { NamedRules as FoundRules } from '../replay/builds/named-rules.js';
import type { CarriedOut } from '../rehearsal/carry-out.js';

export type NamedRules = Omit<FoundRules, 'content'>;

export interface BuildWanted {
  readonly reason: string;
  /** These rules instead of their programme's, since ever. */
  readonly ruleSet?: RuleSet;
  /** These books instead of those in force, by programme. */
  readonly books?: GenerationStamp['ruleBooks'];
}

/** Makes builds of the read models, in whatever thread, and switches between them. */
export interface Builds {
  /** Makes a build of all history, ready to be switched to. */
  build(wanted: BuildWanted): Promise<Generation>;
  /** Builds what was rehearsed and approved, and proves by digest that it is that; or says what has moved since. */
  carryOut(asked: NamedRules & { readonly at: string }): Promise<CarriedOut | Refusal>;
  digest(generation: GenerationChoice): Promise<string>;
  /** Finds a build that is kept, by the present code and under the rules in force, or under other books. */
  kept(books?: GenerationStamp['ruleBooks']): Promise<Generation | undefined>;
  /** Serves this build, in one step for all read models. */
  switchTo(generation: number): Promise<{ from: number | undefined; to: number }>;
  /** Serves a build by the present code and under the rules in force; makes one where none is kept. */
  serveCurrent(): Promise<Generation>;
}

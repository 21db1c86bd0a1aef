import { isDeepStrictEqual } from 'node:util';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import type { Inputs } from '../../libs/read-models/inputs.js';
import { READ_MODELS } from '../../libs/read-models/read-models.js';
import type { Generation, GenerationStamp } from '../../libs/read-store/read-store.js';
import { isFed, release, switchGeneration } from '../../libs/replay/generations.js';
import { shapesOf, type AnyProjection } from '../../libs/replay/projections.js';
import { catchUp, rebuild } from '../../libs/replay/rebuild.js';
import { booksUnder, entriesOf, loadRuleBooks, type RulesInHistory } from '../../libs/replay/rule-books.js';
import type { RuleSet } from '../../libs/recovery/rules/rule-set.js';
import { showing } from './progress.js';

export const PROJECTIONS = READ_MODELS as readonly AnyProjection<Inputs>[];

/** Nobody waits for this process, so no step needs to be short. */
const ALONE = { stepMs: Infinity } as const;

/**
 * The live build at the end of history and under the rules in force, whatever came before: nothing built yet, events
 * that came since, read models that changed, or a crash between rules that took force and the switch to their build.
 */
export async function bringUpToDate(stores: Stores): Promise<Generation> {
  const { events, reads } = stores;
  const rules = await loadRuleBooks(events);
  const live = await reads.live();
  if (live && isCurrent(live, rules)) {
    for (const generation of (await reads.generations()).filter(isFed)) await feed(stores, generation, rules);
    return live;
  }
  const ready = (await reads.generations()).findLast(
    (generation) => generation.status === 'ready' && isCurrent(generation, rules),
  );
  if (ready) await feed(stores, ready, rules);
  const next = ready ?? (await build(stores, rules, 'up to date'));
  await switchGeneration(reads, next.id);
  return next;
}

/** Built by these projections, under the rules that are in force. */
export function isCurrent({ stamp, collections }: Generation, rules: RulesInHistory): boolean {
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  return (
    isDeepStrictEqual(plain(collections), plain(shapesOf(PROJECTIONS))) &&
    isDeepStrictEqual(plain(entriesOf(stamp, rules)), plain(rules.entries))
  );
}

/** The rules that a build goes on under. */
export const inputsOf = (stamp: GenerationStamp, rules: RulesInHistory): Inputs => ({
  rules: booksUnder(entriesOf(stamp, rules), rules.drafts),
});

async function feed({ events, reads }: Stores, { id, stamp }: Generation, rules: RulesInHistory): Promise<void> {
  await showing('Reading history', 'events', (display) =>
    catchUp(id, {
      events,
      reads,
      projections: PROJECTIONS,
      inputs: inputsOf(stamp, rules),
      ...ALONE,
      onProgress: ({ share, events: read }) => display.update(share, read),
    }),
  );
}

/** A new generation beside the live one, ready to be switched to. */
export async function build({ events, reads }: Stores, rules: RulesInHistory, reason: string): Promise<Generation> {
  return showing('Building read models', 'events', (display) =>
    rebuild({
      events,
      reads,
      projections: PROJECTIONS,
      inputs: { rules: rules.books },
      ruleBooks: rules.entries,
      reason,
      ...ALONE,
      onProgress: ({ share, events: read }) => display.update(share, read),
    }),
  );
}

/** The rules as they would be with this rule set in force since ever. */
export const rulesUnder = (stores: Stores, ruleSet: RuleSet): Promise<RulesInHistory> =>
  loadRuleBooks(stores.events, { override: { [ruleSet.programme]: ruleSet } });

/** Keeps the build that a roll-back would return to, and drops those before it. */
export async function releaseOld({ reads }: Stores): Promise<void> {
  const kept = (await reads.generations()).findLast(({ status }) => status === 'retired')?.id;
  await release(reads, ({ id, status }) => status === 'retired' && id !== kept);
}

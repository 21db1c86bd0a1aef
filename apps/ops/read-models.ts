import type { EventStore } from '../../libs/event-store/event-store.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import type { Inputs } from '../../libs/read-models/inputs.js';
import { READ_MODELS } from '../../libs/read-models/read-models.js';
import type { Generation, GenerationStamp } from '../../libs/read-store/read-store.js';
import { booksOf, bringUpToDate as serveUpToDate, canFold } from '../../libs/replay/builds/bring-up-to-date.js';
import { isFed, release } from '../../libs/replay/builds/generations.js';
import { ParkedList } from '../../libs/replay/fold/parked.js';
import type { AnyProjection } from '../../libs/event-sourcing/projection.js';
import { catchUp, rebuild } from '../../libs/replay/builds/rebuild.js';
import { loadRuleBooks, type RulesInHistory } from '../../libs/replay/builds/rule-books.js';
import type { RuleSet } from '../../libs/recovery/rules/rule-set.js';
import { showing } from './progress.js';

export const PROJECTIONS = READ_MODELS as readonly AnyProjection<Inputs>[];

/** Nobody waits for this process, so no step needs to be short. */
const ALONE = { stepMs: Infinity } as const;

/**
 * The live build at the end of history and under the rules in force, whatever came before; and with it those that are
 * kept to go back to.
 */
export async function bringUpToDate(stores: Stores): Promise<Generation> {
  const { events, reads } = stores;
  const live = await serveUpToDate({
    events,
    reads,
    projections: PROJECTIONS,
    build: (rules, reason) => build(stores, rules, reason),
    catchUp: (generation, rules) => feed(stores, generation, rules),
  });
  const rules = await loadRuleBooks(events);
  for (const kept of (await reads.generations()).filter(isFed))
    if (kept.id !== live.id && canFold(kept, PROJECTIONS)) await feed(stores, kept, rules);
  return live;
}

/** What a build is made from and kept in. */
type Building = Pick<Stores, 'reads' | 'ledger'> & { readonly events: EventStore };

/** The rules that a build goes on under. */
export const inputsOf = (stamp: GenerationStamp, rules: RulesInHistory): Inputs => ({ rules: booksOf(stamp, rules) });

/** Brings a build to the end of history. */
export async function feed(
  { events, reads, ledger }: Building,
  { id, stamp }: Generation,
  rules: RulesInHistory,
): Promise<void> {
  await showing('Reading history', 'events', (display) =>
    catchUp(id, {
      events,
      reads,
      projections: PROJECTIONS,
      inputs: inputsOf(stamp, rules),
      parked: new ParkedList(ledger),
      ...ALONE,
      onProgress: ({ share, events: read }) => display.update(share, read),
    }),
  );
}

/** A new generation beside the live one, ready to be switched to. */
export async function build(
  { events, reads, ledger }: Building,
  rules: RulesInHistory,
  reason: string,
): Promise<Generation> {
  return showing('Building read models', 'events', (display) =>
    rebuild({
      events,
      reads,
      projections: PROJECTIONS,
      inputs: { rules: rules.books },
      ruleBooks: rules.entries,
      parked: new ParkedList(ledger),
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
export async function releaseOld({ reads }: Stores, kept: number): Promise<void> {
  await release(reads, ({ id, status }) => status === 'retired' && id !== kept);
}

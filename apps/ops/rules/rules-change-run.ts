import { isRefusal } from '../../../libs/event-sourcing/decider.js';
import type { Actor } from '../../../libs/event-sourcing/event.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import type { Generation } from '../../../libs/read-store/read-store.js';
import { plansReplacedBy } from '../../../libs/recovery/rules/book-history.js';
import type { BookEntry } from '../../../libs/recovery/rules/rule-book.js';
import type { PlannedRules } from '../../../libs/recovery/rules/rules-events.js';
import { approvedPlan, carryOut, type CarriedOut } from '../../../libs/rehearsal/carry-out.js';
import { bookToReturnTo } from '../../../libs/rehearsal/rules-told.js';
import { digestBuild } from '../../../libs/replay/digest/digest.js';
import { switchGeneration } from '../../../libs/replay/builds/generations.js';
import { keptBuild } from '../../../libs/replay/builds/bring-up-to-date.js';
import { loadRuleBooks } from '../../../libs/replay/builds/rule-books.js';
import { EXIT } from '../exit-codes.js';
import { Failure } from '../failure.js';
import { bringUpToDate, build, feed, PROJECTIONS, releaseOld } from '../read-models.js';
import { commandRules } from '../replay/replay-run.js';
import { sealHistory } from '../sealing.js';

interface Which {
  readonly programme: string;
  readonly ruleSet: string;
}

export interface Activated extends Which {
  readonly done: 'activated';
  readonly digestBefore: string;
  readonly digestAfter: string;
  /** Of rules over the past: what came since the rehearsal. */
  readonly since?: CarriedOut['since'];
  readonly generation?: number;
  /** What was planned for later and now never takes force. */
  readonly replaces: readonly PlannedRules[];
}

/** What was rehearsed and approved is built, proved by its digest, recorded and switched to, in this order. */
export async function activateOverThePast(
  stores: Stores,
  { programme, ruleSet }: Which,
  actor: Actor,
): Promise<Activated> {
  const before = await bringUpToDate(stores);
  const carried = await carryOut({
    ...stores,
    projections: PROJECTIONS,
    programme,
    ruleSet,
    at: new Date().toISOString(),
    build: ({ events, rules, reason }) => build({ ...stores, events }, rules, reason),
    catchUp: (generation, rules) => feed(stores, generation, rules),
  });
  if (isRefusal(carried)) throw new Failure(carried.because, EXIT.refused);
  const { generation, digestBefore, digestAfter, since } = carried;
  const command = { type: 'ActivateRuleSet', programme, ruleSet, overThePast: true } as const;
  const replaces = plansReplacedBy(await commandRules(stores, { ...command, digestBefore, digestAfter }, actor));
  // The switch only follows the act: bringUpToDate finishes it after a crash in between.
  stores.crashPoint('replay: after activation, before switch');
  await switchGeneration(stores.reads, generation.id);
  await releaseOld(stores, before.id);
  await sealHistory(stores);
  const digests = { digestBefore, digestAfter };
  return { programme, ruleSet, done: 'activated', ...digests, since, generation: generation.id, replaces };
}

/**
 * Past verdicts keep the rules they had; clocks that run are read anew, in another build. A rehearsal that was made must
 * still fit.
 */
export async function activateFrom(
  stores: Stores,
  { programme, ruleSet }: Which,
  from: string | undefined,
  actor: Actor,
): Promise<Activated> {
  const before = await bringUpToDate(stores);
  const plan = await approvedPlan({ ...stores, programme, ruleSet }, await loadRuleBooks(stores.events));
  if (isRefusal(plan) && plan.refused !== 'rule-set-not-rehearsed') throw new Failure(plan.because, EXIT.refused);
  const digestBefore = (await digestBuild(stores.reads)).digest;
  const since = from === undefined ? {} : { from };
  const command = { type: 'ActivateRuleSet', programme, ruleSet, ...since, digestBefore } as const;
  const replaces = plansReplacedBy(await commandRules(stores, command, actor));
  stores.crashPoint('replay: after activation, before switch');
  const { id: generation } = await bringUpToDate(stores);
  await releaseOld(stores, before.id);
  await sealHistory(stores);
  const digestAfter = (await digestBuild(stores.reads)).digest;
  return { programme, ruleSet, done: 'activated', digestBefore, digestAfter, generation, replaces };
}

export interface RolledBack {
  readonly programme: string;
  readonly done: 'rolled back';
  /** What holds again. */
  readonly book: readonly BookEntry[];
  readonly digestBefore: string;
  readonly digestAfter: string;
  readonly generation: number;
}

/** Back to the rules before the last activation, and to the build under them, which was kept and fed. */
export async function rollBackRules(
  stores: Stores,
  programme: string,
  reason: string,
  actor: Actor,
): Promise<RolledBack> {
  const live = await bringUpToDate(stores);
  const history = await loadRuleBooks(stores.events);
  const book = await bookToReturnTo(stores.events, programme);
  if (!book) throw new Failure('No activation is left to undo. Activate the rules that should hold.', EXIT.refused);
  const rules = await loadRuleBooks(stores.events, { books: { ...history.entries, [programme]: book } });
  const kept: Generation | undefined = await keptBuild(stores.reads, PROJECTIONS, rules);
  const next = kept ?? (await build(stores, rules, `rolled back: ${reason}`));
  if (kept) await feed(stores, kept, rules);
  const digestBefore = (await digestBuild(stores.reads, live.id)).digest;
  const digestAfter = (await digestBuild(stores.reads, next.id)).digest;
  await commandRules(stores, { type: 'RollBackRules', programme, reason, digestBefore, digestAfter }, actor);
  stores.crashPoint('replay: after activation, before switch');
  if (next.id !== live.id) await switchGeneration(stores.reads, next.id);
  await releaseOld(stores, live.id);
  await sealHistory(stores);
  return { programme, done: 'rolled back', book, digestBefore, digestAfter, generation: next.id };
}

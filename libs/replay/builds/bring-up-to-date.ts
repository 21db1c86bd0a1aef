import { isDeepStrictEqual } from 'node:util';
import type { EventStore } from '../../event-store/event-store.js';
import type { Generation, GenerationStamp, ReadStore } from '../../read-store/read-store.js';
import type { RuleBooks } from '../../recovery/rules/rule-book.js';
import { isFed, switchGeneration } from './generations.js';
import type { AnyProjection } from '../../event-sourcing/projection.js';
import { shapesOf } from '../fold/projections.js';
import { booksUnder, loadRuleBooks, type RulesInHistory } from './rule-books.js';

export interface UpToDateOptions<Inputs> {
  readonly events: EventStore;
  readonly reads: ReadStore;
  readonly projections: readonly AnyProjection<Inputs>[];
  /** Makes a build under these rules that is ready to be switched to. */
  build(this: void, rules: RulesInHistory, reason: string): Promise<Generation>;
  /** Brings a build to the end of history. */
  catchUp(this: void, generation: Generation, rules: RulesInHistory): Promise<unknown>;
}

/** The rules that a build goes on under: those that it was begun with, for as long as it is kept. */
export const booksOf = ({ ruleBooks }: GenerationStamp, { drafts }: RulesInHistory): RuleBooks =>
  booksUnder(ruleBooks, drafts);

/** The rules that the live read models are under; where none are live, those in force. */
export async function booksServed(
  events: Pick<EventStore, 'readAll'>,
  reads: Pick<ReadStore, 'live'>,
): Promise<RuleBooks> {
  const [rules, live] = [await loadRuleBooks(events), await reads.live()];
  return live ? booksOf(live.stamp, rules) : rules.books;
}

/** Whether these projections can fold into it: a build of other code is served as it is. */
export function canFold<Inputs>(
  { collections }: Pick<Generation, 'collections'>,
  projections: readonly AnyProjection<Inputs>[],
): boolean {
  const had = new Map(collections.map(({ name, version }) => [name, version]));
  return shapesOf(projections).every(({ name, version }) => had.get(name) === version);
}

/** Built by these projections, under the rules as they are in history now. */
export function isCurrent<Inputs>(
  { stamp, collections }: Pick<Generation, 'stamp' | 'collections'>,
  projections: readonly AnyProjection<Inputs>[],
  rules: RulesInHistory,
): boolean {
  // As they come back from a store: what is undefined is not there.
  const stored = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  return (
    isDeepStrictEqual(stored(collections), stored(shapesOf(projections))) &&
    isDeepStrictEqual(stored(stamp.ruleBooks), stored(rules.entries))
  );
}

/** Of the builds that are kept, the one to serve: the live one where it fits, else the newest that does. */
export async function keptBuild<Inputs>(
  reads: ReadStore,
  projections: readonly AnyProjection<Inputs>[],
  rules: RulesInHistory,
): Promise<Generation | undefined> {
  const fitting = (await reads.generations()).filter(
    (generation) => isFed(generation) && isCurrent(generation, projections, rules),
  );
  return fitting.find(({ status }) => status === 'live') ?? fitting.at(-1);
}

/**
 * Serves the build under the rules in force and by the present code, whatever came before: nothing built yet, read
 * models that changed, or a crash between rules that took force and the switch to their build. Where no build that is
 * kept fits, one is made.
 */
export async function bringUpToDate<Inputs>(options: UpToDateOptions<Inputs>): Promise<Generation> {
  const { events, reads, projections, build, catchUp } = options;
  const rules = await loadRuleBooks(events);
  const next = (await keptBuild(reads, projections, rules)) ?? (await build(rules, 'up to date'));
  await catchUp(next, rules);
  if (next.status !== 'live') await switchGeneration(reads, next.id);
  return { ...next, status: 'live' };
}

import { isDeepStrictEqual } from 'node:util';
import type { EventStore } from '../../event-store/event-store.js';
import type { Generation, GenerationStamp, ReadStore } from '../../read-store/read-store.js';
import type { RuleBooks } from '../../recovery/rules/rule-book.js';
import { isFed } from './generations.js';
import type { AnyProjection } from '../../event-sourcing/projection.js';
import { shapesOf } from '../fold/projections.js';
import { booksUnder, loadRuleBooks, type RulesInHistory } from './rule-books.js';

/** A build goes on under the rules that it was begun with, for as long as it is kept. */
export const booksOf = ({ ruleBooks }: GenerationStamp, { drafts }: RulesInHistory): RuleBooks =>
  booksUnder(ruleBooks, drafts);

/** The rules that the live read models follow; where none are live, those in force. */
export async function booksServed(
  events: Pick<EventStore, 'readAll'>,
  reads: Pick<ReadStore, 'live'>,
): Promise<RuleBooks> {
  const [rules, live] = [await loadRuleBooks(events), await reads.live()];
  return live ? booksOf(live.stamp, rules) : rules.books;
}

/** Whether these projections can fold into a build: one of other code is served as it is. */
export function canFold<Inputs>(
  { collections }: Pick<Generation, 'collections'>,
  projections: readonly AnyProjection<Inputs>[],
): boolean {
  const had = new Map(collections.map(({ name, version }) => [name, version]));
  return shapesOf(projections).every(({ name, version }) => had.get(name) === version);
}

/** Whether these projections made a build, under the rules that history has now. */
export function isCurrent<Inputs>(
  { stamp, collections }: Pick<Generation, 'stamp' | 'collections'>,
  projections: readonly AnyProjection<Inputs>[],
  rules: Pick<RulesInHistory, 'entries'>,
): boolean {
  // Stores leave out what is undefined.
  const stored = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  return (
    isDeepStrictEqual(stored(collections), stored(shapesOf(projections))) &&
    isDeepStrictEqual(stored(stamp.ruleBooks), stored(rules.entries))
  );
}

/** Finds the build to serve among those that are kept: the live one where it fits, else the newest that does. */
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

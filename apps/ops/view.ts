import type { Stores } from '../../libs/platform/stores/open-stores.js';
import type { View } from '../../libs/replay/builds/view.js';
import { findRules } from './rule-source.js';

/** The options of a command that choose a view of history. */
export interface ViewOptions {
  readonly knownAt?: string;
  /** A file, or a rule set of the store. */
  readonly under?: string;
}

/** @throws Failure for unknown or invalid rules */
export async function viewOf(stores: Pick<Stores, 'events'>, { knownAt, under }: ViewOptions): Promise<View> {
  return { knownAt, under: under === undefined ? undefined : await findRules(stores, under) };
}

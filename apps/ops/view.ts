import type { Stores } from '../../libs/platform/stores/open-stores.js';
import type { View } from '../../libs/replay/builds/view.js';
import { rulesNamed } from './rule-source.js';

/** A view of history as a command is given it. */
export interface ViewNamed {
  readonly knownAt?: string;
  /** Rules to read history under: a file, or a rule set of the store. */
  readonly under?: string;
}

/** @throws Failure where the rules are not known, or not sound */
export async function viewOf(stores: Pick<Stores, 'events'>, { knownAt, under }: ViewNamed): Promise<View> {
  return {
    ...(knownAt === undefined ? {} : { knownAt }),
    ...(under === undefined ? {} : { under: (await rulesNamed(stores, under)).ruleSet }),
  };
}

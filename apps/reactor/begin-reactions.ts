import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { triageResponse } from '../../libs/reactions/triage-response.js';
import { Checkpoints } from './checkpoints.js';

/** Every reaction there is. */
const REACTIONS = [triageResponse];

/**
 * Notes where reactions that are new begin. Whoever takes in what reactions act on does so before: a reactor that
 * starts later, in another process, goes on from there.
 */
export async function beginReactions(
  { events, ledger }: Pick<Stores, 'events' | 'ledger'>,
  reactions: readonly { readonly name: string }[] = REACTIONS,
): Promise<void> {
  for (const { name } of reactions) await new Checkpoints(ledger, name).load(await events.end());
}

import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { triageResponse } from '../../libs/reactions/triage-response.js';
import { Checkpoints } from './checkpoints.js';

/** Every reaction. */
const REACTIONS = [triageResponse];

/**
 * Records where new reactions begin. Processes that record responses do so first, so that a reactor which starts later
 * begins there.
 */
export async function beginReactions(
  { events, ledger }: Pick<Stores, 'events' | 'ledger'>,
  reactions: readonly { readonly name: string }[] = REACTIONS,
): Promise<void> {
  for (const { name } of reactions) await new Checkpoints(ledger, name).load(await events.end());
}

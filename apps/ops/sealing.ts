import { Sealer } from '../../libs/evidence/sealer.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';

/** Seals the rest of history, so that a command leaves nothing unsealed. */
export async function sealHistory({ events, ledger, vault, signingKey }: Stores): Promise<number> {
  const sealer = await Sealer.open({
    history: events.asStored(),
    ledger,
    vault,
    key: await signingKey(),
    now: () => new Date().toISOString(),
  });
  return sealer.sealNow();
}

import { DirectBuilds } from '../../libs/builds/direct-builds.js';
import { Sealer } from '../../libs/evidence/sealer.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import type { Generation } from '../../libs/read-store/read-store.js';
import { showing } from './progress.js';

/** Builds in this process, which shows how far they are. Nobody waits for it, so no step needs to be short. */
export const directBuilds = ({ events, reads, ledger }: Stores): DirectBuilds =>
  new DirectBuilds({ events, reads, ledger, stepMs: Infinity, show: showing });

/** Brings the read models, and the builds that are kept, to the end of history, under the rules in force. */
export const catchUp = (stores: Stores): Promise<Generation> => directBuilds(stores).serveCurrent();

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

import type { EventStore } from '../event-store/event-store.js';
import { withTemporaryStore } from '../platform/stores/temporary-store.js';
import { Inputs } from '../read-models/inputs.js';
import { READ_MODELS } from '../read-models/read-models.js';
import type { Generation, ReadStore } from '../read-store/read-store.js';
import { booksOf } from '../replay/builds/kept-builds.js';
import { loadRuleBooks } from '../replay/builds/rule-books.js';
import { verifyReadModels, type Verification, type VerifyOptions } from '../replay/digest/verify.js';

/** With what was rebuilt, and its differences, only where there are any. */
export type VerifiedLive = Pick<Verification, 'equal' | 'digest'> &
  Partial<Pick<Verification, 'rebuilt' | 'differences'>>;

/** Compares the live build with one made anew, under its own rules. */
export async function verifyLive(
  live: Generation,
  { events, reads }: { readonly events: EventStore; readonly reads: ReadStore },
  options: Pick<VerifyOptions<Inputs>, 'whilePaused' | 'onProgress'>,
): Promise<VerifiedLive> {
  const inputs = new Inputs(booksOf(live.stamp, await loadRuleBooks(events)));
  return withTemporaryStore(async (scratch) => {
    const asked = { events, reads, scratch, projections: READ_MODELS, inputs, ...options };
    const { equal, digest, rebuilt, differences } = await verifyReadModels(asked);
    return equal ? { equal, digest } : { equal, digest, rebuilt, differences };
  });
}

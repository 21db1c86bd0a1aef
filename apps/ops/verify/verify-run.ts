import { verifyLive, type VerifiedLive } from '../../../libs/builds/verify-live.js';
import { errorText } from '../../../libs/event-sourcing/error-text.js';
import type { Anchor } from '../../../libs/evidence/anchor.js';
import { sealsReport, verifySeals, type SealsReport } from '../../../libs/evidence/verify-seals.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { showing } from '../progress.js';

export interface VerifyResult extends SealsReport, Omit<VerifiedLive, 'digest'> {
  /** Null if history is unreadable, or nothing is live. */
  readonly digest: string | null;
}

export const damaged = (problem: string): VerifyResult => ({
  equal: false,
  digest: null,
  seals: 'broken',
  anchor: null,
  problems: [problem],
});

/** Opening the stores has already checked the head. */
export async function runVerify(stores: Stores, anchor?: Anchor): Promise<VerifyResult> {
  const { events, ledger, vault } = stores;
  const { publicKey } = await stores.signingKey();
  const seals = sealsReport(await verifySeals(events.asStored().readAll(), { ledger, vault, publicKey, anchor }));
  try {
    const { problems = [], ...compared } = await compareReadModels(stores);
    const all = [...problems, ...(seals.problems ?? [])];
    return { ...compared, ...seals, ...(all.length === 0 ? {} : { problems: all }) };
  } catch (error) {
    // A changed history may not fold: then the seals already name the change.
    if (seals.seals !== 'broken') throw error;
    const because = errorText(error);
    return { ...damaged(because), problems: [...(seals.problems ?? []), because] };
  }
}

type Compared = Omit<VerifyResult, 'seals' | 'anchor'>;

async function compareReadModels({ events, reads }: Stores): Promise<Compared> {
  const live = await reads.live();
  if (!live) {
    if ((await events.end()) === undefined) return { equal: true, digest: null };
    const problems = ['No read models are live. Import again, or start the app: both build them.'];
    return { equal: false, digest: null, problems };
  }
  return showing('Verifying', (onProgress) => verifyLive(live, { events, reads }, { onProgress }));
}

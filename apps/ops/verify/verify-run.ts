import { availableParallelism } from 'node:os';
import { verifiedWhole, verifyLive, type VerifiedLive } from '../../../libs/builds/verify-live.js';
import { errorText } from '../../../libs/event-sourcing/error-text.js';
import type { Anchor } from '../../../libs/evidence/anchor.js';
import { sealsReport, verifySeals, type SealsReport } from '../../../libs/evidence/verify-seals.js';
import type { StorePlaces } from '../../../libs/platform/config/store-places.js';
import { findDamages } from '../../../libs/platform/stores/find-damages.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { isStoreDamaged } from '../../../libs/platform/stores/store-damaged.js';
import { withStores } from '../data-folder.js';
import { showing } from '../progress.js';

export interface VerifyResult extends VerifiedLive, Omit<SealsReport, 'seals'> {
  /** `unchecked`: something else is damaged, without which they can't be checked. */
  readonly seals: SealsReport['seals'] | 'unchecked';
}

type Compared = Pick<VerifyResult, 'seals' | 'anchor' | 'problems'> & { readonly readModels: VerifiedLive };

/** Looks for damage in every store, whatever is wrong with another, then compares as far as the stores can be opened. */
export async function runVerify(places: StorePlaces, anchor?: Anchor): Promise<VerifyResult> {
  const damages = await findDamages(places);
  const { readModels, ...seals } = await compareIn(places, anchor);
  return verifiedWhole(readModels, seals, damages);
}

async function compareIn(places: StorePlaces, anchor?: Anchor): Promise<Compared> {
  try {
    return await withStores(places, 'read', (stores) => compare(stores, anchor));
  } catch (error) {
    if (!isStoreDamaged(error)) throw error;
    // Opening the stores has checked the head: a history that was cut short has lost sealed events, too.
    return unread(error.message, error.name === 'HistoryDamaged' ? 'broken' : 'unchecked');
  }
}

const unread = (problem: string, seals: VerifyResult['seals']): Compared => ({
  readModels: { equal: false, digest: null, problems: [problem] },
  seals,
  anchor: null,
});

async function compare(stores: Stores, anchor?: Anchor): Promise<Compared> {
  const { events, ledger, vault } = stores;
  const { publicKey } = await stores.signingKey();
  const seals = sealsReport(await verifySeals(events.asStored().readAll(), { ledger, vault, publicKey, anchor }));
  try {
    return { ...seals, readModels: await compareReadModels(stores) };
  } catch (error) {
    // A changed history may not fold: then the seals already name the change.
    if (seals.seals !== 'broken') throw error;
    return { ...unread(errorText(error), 'broken'), problems: seals.problems };
  }
}

async function compareReadModels({ places, events, reads }: Stores): Promise<VerifiedLive> {
  const live = await reads.live();
  if (!live) {
    if ((await events.end()) === undefined) return { equal: true, digest: null };
    const problems = ['No read models are live. Import again, or start the app: both build them.'];
    return { equal: false, digest: null, problems };
  }
  return showing('Verifying', (onProgress) =>
    verifyLive(live, { events, reads }, { places, threads: availableParallelism(), onProgress }),
  );
}

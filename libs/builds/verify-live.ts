import type { EventStore } from '../event-store/event-store.js';
import { stated } from '../event-sourcing/stated.js';
import type { StorePlaces } from '../platform/config/store-places.js';
import type { Damages } from '../platform/stores/find-damages.js';
import { Inputs } from '../read-models/inputs.js';
import { READ_MODELS } from '../read-models/read-models.js';
import { type Generation, REBUILD, type ReadStore, ReadStoreDamaged } from '../read-store/read-store.js';
import { booksOf } from '../replay/builds/kept-builds.js';
import { loadRuleBooks } from '../replay/builds/rule-books.js';
import { expectInThreads } from './expect-in-threads.js';
import { isLong } from './long-history.js';
import { verifyReadModels, type Verification, type VerifyOptions } from '../replay/digest/verify.js';

/** With what was rebuilt, and its differences, only where there are any. */
export interface VerifiedLive
  extends Pick<Verification, 'equal'>, Partial<Pick<Verification, 'rebuilt' | 'differences'>> {
  /** Null where the live build can't be read. */
  readonly digest: string | null;
  readonly problems?: readonly string[];
}

/** Compares the live build with history folded again, under its own rules. */
export async function verifyLive(
  live: Generation,
  { events, reads }: { readonly events: EventStore; readonly reads: ReadStore },
  {
    threads,
    places,
    onProgress,
    ...options
  }: Pick<VerifyOptions<Inputs>, 'whilePaused' | 'onProgress'> & {
    readonly places: StorePlaces;
    /** That fold history; one rests, so that requests are served beside it. */
    readonly threads: number;
  },
): Promise<VerifiedLive> {
  const inputs = new Inputs(booksOf(live.stamp, await loadRuleBooks(events)));
  try {
    const expect = (await isLong(events))
      ? expectInThreads(threads, live.stamp, stated({ places, onProgress }))
      : undefined;
    const asked = stated({ events, reads, projections: READ_MODELS, inputs, expect, onProgress, ...options });
    const { equal, digest, rebuilt, differences } = await verifyReadModels(asked);
    return equal ? { equal, digest } : { equal, digest, rebuilt, differences };
  } catch (error) {
    if (!(error instanceof ReadStoreDamaged)) throw error;
    return { equal: false, digest: null, problems: [error.message] };
  }
}

interface Seals {
  readonly seals: string;
  readonly problems?: readonly string[];
}

/** The whole answer of a verification: each problem once, and what mends read models that differ. */
export function verifiedWhole<S extends Seals>(compared: VerifiedLive, seals: S, damages: Damages): VerifiedLive & S {
  const { history, records, readModels } = damages;
  const equal = compared.equal && readModels.length === 0;
  const found = [...history, ...records, ...readModels, ...(compared.problems ?? []), ...(seals.problems ?? [])];
  // A history that was changed gives other read models: then they are not what is to be mended.
  const differs = !equal && found.length === 0 && seals.seals === 'intact';
  const problems = differs ? [`The read models differ from history, which is as it was sealed. ${REBUILD}`] : found;
  const { problems: _, ...rest } = { ...compared, ...seals };
  return { ...rest, equal, ...(problems.length === 0 ? {} : { problems: [...new Set(problems)] }) } as VerifiedLive & S;
}

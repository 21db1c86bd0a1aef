import { DirectBuilds } from '../../libs/builds/direct-builds.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import type { Generation } from '../../libs/read-store/read-store.js';
import { showing } from './progress.js';

/** Builds in this process, which shows how far they are. Nobody waits for it, so no step needs to be short. */
export const directBuilds = ({ events, reads, ledger }: Stores): DirectBuilds =>
  new DirectBuilds({
    events,
    reads,
    ledger,
    stepMs: Infinity,
    show: (what, step) =>
      showing(what, 'events', (display) => step(({ share, events: read }) => display.update(share, read))),
  });

/** Brings the read models, and the builds that are kept, to the end of history, under the rules in force. */
export const bringUpToDate = (stores: Stores): Promise<Generation> => directBuilds(stores).bringUpToDate();

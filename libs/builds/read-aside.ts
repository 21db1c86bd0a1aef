import type { EventStore } from '../event-store/event-store.js';
import { READ_MODELS } from '../read-models/read-models.js';
import type { ReadStore } from '../read-store/read-store.js';
import type { Progress } from '../replay/builds/rebuild.js';
import { booksOfView, foldAside, type View } from '../replay/builds/view.js';

export interface ReadingAside {
  readonly events: EventStore;
  /** Empty, and the reader's own. */
  readonly aside: ReadStore;
  readonly signal?: AbortSignal;
  onProgress?(this: void, progress: Progress): void;
}

/** All read models as such a view of history shows them, in a store aside. */
export async function readAside(view: View, { events, aside, ...telling }: ReadingAside): Promise<void> {
  const { knownAt } = view;
  await foldAside({
    ...telling,
    events,
    reads: aside,
    projections: READ_MODELS,
    inputs: { rules: await booksOfView(events, view) },
    ...(knownAt === undefined ? {} : { knownAt }),
  });
}

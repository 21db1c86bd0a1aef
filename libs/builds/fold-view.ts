import type { EventStore } from '../event-store/event-store.js';
import { Inputs } from '../read-models/inputs.js';
import { READ_MODELS } from '../read-models/read-models.js';
import type { ReadStore } from '../read-store/read-store.js';
import type { Progress } from '../replay/builds/rebuild.js';
import { booksOfView, buildAndServe, type View } from '../replay/builds/view.js';

export interface FoldViewOptions {
  readonly events: EventStore;
  /** Empty, and the reader's own. */
  readonly reads: ReadStore;
  readonly signal?: AbortSignal;
  onProgress?(this: void, progress: Progress): void;
}

/** Folds all read models into a store of their own, as such a view of history shows them. */
export async function foldView(view: View, { events, ...options }: FoldViewOptions): Promise<void> {
  const inputs = new Inputs(await booksOfView(events, view));
  await buildAndServe({ ...options, events, projections: READ_MODELS, inputs, knownAt: view.knownAt });
}

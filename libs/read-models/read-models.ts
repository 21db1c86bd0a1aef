import { clocks } from './clocks.js';
import { queues } from './queues.js';

/** All that history is shown as. A new read model is one file, its spec, and its name here. */
export const READ_MODELS = [clocks, queues] as const;

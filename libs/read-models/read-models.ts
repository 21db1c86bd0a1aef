import type { AnyProjection } from '../event-sourcing/projection.js';
import type { RulesRead } from '../recovery/rules/reach.js';
import { cases } from './cases.js';
import { clocks } from './clocks.js';
import { customers } from './customers.js';
import { funnel } from './funnel.js';
import { heldBack } from './held-back.js';
import type { Inputs } from './inputs.js';
import { queues } from './queues.js';
import { rootCauses } from './root-causes.js';
import { rules } from './rules.js';
import { teams } from './teams.js';
import { times } from './times.js';

/** Any read model, its facts and events unseen. */
export type AnyReadModel = AnyProjection<Inputs> & { readonly reads: RulesRead };

/** All that history is shown as. A new read model is one file, its spec, and its name here. */
export const READ_MODELS: readonly AnyReadModel[] = [
  queues,
  heldBack,
  cases,
  clocks,
  rootCauses,
  funnel,
  times,
  customers,
  teams,
  rules,
];

import type { TeamEvent } from '../../libs/recovery/team/team.js';
import { Errands } from './errands.js';

/** Those of hand-on-cases, under a name by which they are injected. */
export class HandOnErrands extends Errands<TeamEvent> {}

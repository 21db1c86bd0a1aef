import type { HandOnEvent } from '../../libs/reactions/hand-on-cases.js';
import { Errands } from './errands.js';

/** Those of hand-on-cases, under a name by which they are injected. */
export class HandOnErrands extends Errands<HandOnEvent> {}

import type { DomainEvent, Recorded } from './event.js';

/**
 * What must happen next because something happened. Pure: it names effects and carries none out. Another type than
 * a projection, so that no replay can run one by accident. The reactor carries each effect out once, under the key
 * uuid5(name, event id, the effect's place in the list).
 */
export interface Reaction<Effect, E extends DomainEvent, Inputs> {
  readonly name: string;
  readonly on: {
    readonly [T in E['type']]?: (event: Recorded<Extract<E, { type: T }>>, inputs: Inputs) => readonly Effect[];
  };
}

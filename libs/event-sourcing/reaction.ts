import type { DomainEvent, Recorded } from './event.js';

/**
 * Says what must happen next because something happened. Pure: it names effects, and the reactor carries each out once,
 * under the key uuid5(name, event id, the effect's place in the list). No replay runs it.
 */
export interface Reaction<Effect, E extends DomainEvent, Inputs> {
  readonly name: string;
  readonly on: {
    readonly [T in E['type']]?: (event: Recorded<Extract<E, { type: T }>>, inputs: Inputs) => readonly Effect[];
  };
}

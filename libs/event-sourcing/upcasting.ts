import type { EventDeclaration, Recorded } from './event.js';

/** This version of the program can't read an event. Nothing may fold past it. */
export class UnreadableEvent extends Error {
  constructor(event: Recorded, because: string) {
    super(`Event ${event.id} (${event.type}, revision ${event.revision} of ${event.stream}) can't be read: ${because}`);
    this.name = 'UnreadableEvent';
  }
}

/** Turns stored events into events of the present version. Stores apply it, so that no reader sees an old shape. */
export const upcasting =
  (declarations: Readonly<Record<string, EventDeclaration>>) =>
  (event: Recorded): Recorded => {
    const declaration = Object.hasOwn(declarations, event.type) ? declarations[event.type] : undefined;
    if (declaration === undefined) {
      throw new UnreadableEvent(
        event,
        'no event of this type is declared. Run the version of Amends that wrote it, or a later one.',
      );
    }
    const { schemaVersion, upcasts = {} } = declaration;
    if (event.schemaVersion === schemaVersion) return event;
    if (event.schemaVersion > schemaVersion) {
      throw new UnreadableEvent(
        event,
        `it has schema version ${event.schemaVersion} and this program knows ${schemaVersion} at most. Run the version of Amends that wrote it, or a later one.`,
      );
    }
    let data: object = event.data;
    for (let version = event.schemaVersion; version < schemaVersion; version++) {
      const upcast = upcasts[version];
      if (upcast === undefined) {
        throw new UnreadableEvent(event, `its declaration has no upcast from schema version ${version}. Add one.`);
      }
      data = upcast({ ...data });
    }
    return { ...event, schemaVersion, data };
  };

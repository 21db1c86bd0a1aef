import type { Static, TObject, TProperties, TSchema } from 'typebox';
import type { EventDeclaration, Recorded } from './event.js';
import { object } from './schema.js';
import { stated } from './stated.js';

/** An event as it is declared, once: its name and fields, and from them its type, its JSON Schema and what is personal. */
export interface DeclaredEvent<
  Name extends string = string,
  Fields extends TProperties = TProperties,
> extends EventDeclaration {
  readonly type: Name;
  readonly topic: string;
  /** JSON Schema of its data, with the notes of fields.ts. */
  readonly data: TObject<Fields>;
  /** A source's file can report it. */
  readonly importable: boolean;
}

type DataOf<Fields extends TProperties> = Static<TObject<Fields>>;

/** The event's type: `{ type, data }`. Of several declarations, the union. */
export type EventOf<D> =
  D extends DeclaredEvent<infer Name, infer Fields> ? { readonly type: Name; readonly data: DataOf<Fields> } : never;

export type RecordedOf<D> = D extends DeclaredEvent ? Recorded<EventOf<D>> : never;

interface Declaring<Fields extends TProperties> extends Pick<EventDeclaration, 'restates' | 'upcasts'> {
  readonly topic: string;
  readonly fields: Fields;
  /** Raised with each change of shape, which adds an upcast and a sample. */
  readonly version?: number;
  readonly importable?: boolean;
}

/** Declares an event. Its name and its fields' names are stored for good: a new meaning is a new event. */
export const event = <const Name extends string, Fields extends TProperties>(
  type: Name,
  { topic, fields, version = 1, importable = false, ...further }: Declaring<Fields>,
): DeclaredEvent<Name, Fields> => ({
  ...further,
  type,
  topic,
  importable,
  schemaVersion: version,
  personal: Object.keys(fields).filter((field) => isPersonal(fields[field])),
  data: object(fields),
});

const isPersonal = (field: TSchema | undefined): boolean => field !== undefined && 'x-personal' in field;

/** What happened, as an event of this declaration. Fields that are undefined are left out. */
export const fact = <Name extends string, Fields extends TProperties>(
  { type }: DeclaredEvent<Name, Fields>,
  data: DataOf<Fields>,
): { readonly type: Name; readonly data: DataOf<Fields> } => ({ type, data: stated(data as object) as DataOf<Fields> });

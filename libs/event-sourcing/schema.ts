import type { TObject, TOptional, TProperties, TSchema, TUnsafe } from 'typebox';

/*
 * JSON Schemas with their TypeScript types, as TypeBox declares them. Its types are used and its code is not: loading
 * its 700 files would cost each start of a thread more than a tenth of a second (docs/decisions/0009).
 */

/** A field that holds values of this type, by its JSON Schema. */
export const field = <T>(schema: object): TUnsafe<T> => schema as TUnsafe<T>;

const OPTIONAL = '~optional';

/** May be left out; null is not leaving out. */
export const optional = <Of extends TSchema>(of: Of): TOptional<Of> =>
  Object.defineProperty({ ...of }, OPTIONAL, { value: true }) as unknown as TOptional<Of>;

/** An object with these fields and no other. */
export function object<Fields extends TProperties>(properties: Fields, notes: object = {}): TObject<Fields> {
  const required = Object.keys(properties).filter((name) => !(OPTIONAL in (properties[name] ?? {})));
  const schema = { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false };
  return { ...schema, ...notes } as unknown as TObject<Fields>;
}

/** Whether a value is of a schema's kind: types, lists of words, bounds below, closed objects. Formats are not looked at. */
export function holds(schema: Readonly<Record<string, unknown>>, value: unknown): boolean {
  const { type, enum: choices, const: only, minimum, items, properties = {}, required = [] } = schema as Checked;
  if (only !== undefined) return value === only;
  if (choices !== undefined) return choices.includes(value);
  switch (type) {
    case 'string':
    case 'boolean':
    case 'number':
      return typeof value === type;
    case 'integer':
      return Number.isSafeInteger(value) && Number(value) >= (minimum ?? -Infinity);
    case 'array':
      return Array.isArray(value) && (items === undefined || value.every((item) => holds(items, item)));
    case 'object': {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
      const fields = Object.entries(value);
      return (
        required.every((name) => Object.hasOwn(value, name)) &&
        fields.every(([name, part]) => {
          const of = Object.hasOwn(properties, name) ? properties[name] : undefined;
          return of === undefined ? schema['additionalProperties'] !== false : holds(of, part);
        })
      );
    }
    default:
      return true;
  }
}

interface Checked {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly items?: Checked & Readonly<Record<string, unknown>>;
  readonly properties?: Readonly<Record<string, Checked & Readonly<Record<string, unknown>>>>;
  readonly required?: readonly string[];
}

import type { DeclaredEvent } from '../../event-sourcing/declared-event.js';
import { DECLARATIONS } from '../../recovery/history.js';

/** The kinds of values that a mapping can set. */
export type FieldKind = 'text' | 'texts' | 'boolean' | 'answers' | 'money';

/** A field of an event, as a mapping sees it. */
export interface FieldShape {
  readonly kind: FieldKind;
  readonly required: boolean;
  /** The only texts that it may hold. */
  readonly oneOf?: readonly string[];
  /** Filled by the import itself (ids and what follows from other fields): a mapping can't set it. */
  readonly given: boolean;
  /** Where neither mapping nor row say anything. */
  readonly otherwise?: unknown;
}

const importable: readonly DeclaredEvent[] = Object.values<DeclaredEvent>(DECLARATIONS).filter(
  (declared) => declared.importable,
);

/** Events that a mapping may emit: facts that a source can report. Triage and corrections are ours. */
export const IMPORTABLE = importable.map(({ type }) => type);

const SHAPES = new Map(
  importable.map(({ type, data: { properties, required = [] } }) => [
    type,
    Object.fromEntries(
      Object.entries(properties).map(([name, field]) => [
        name,
        shapeOfField(field, (required as readonly string[]).includes(name)),
      ]),
    ),
  ]),
);

export const shapeOf = (type: string): Readonly<Record<string, FieldShape>> | undefined => SHAPES.get(type);

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: { readonly type?: string };
  readonly properties?: object;
  readonly default?: unknown;
}

function shapeOfField(field: object, required: boolean): FieldShape {
  const { enum: oneOf, default: otherwise }: Schema = field;
  return { kind: kindOf(field), required, given: 'x-given' in field, ...(oneOf && { oneOf }), otherwise };
}

function kindOf({ type, items, properties = {} }: Schema): FieldKind {
  if ('currency' in properties) return 'money';
  if (type === 'boolean') return 'boolean';
  if (type !== 'array') return 'text';
  return items?.type === 'object' ? 'answers' : 'texts';
}

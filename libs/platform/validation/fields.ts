import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
  registerDecorator,
} from 'class-validator';

/*
 * The decorators that a message's fields may carry: this list is closed. Each means the same to class-validator and
 * to the JSON Schema made from it (schema.ts), which a property test holds them to.
 */

type Field = PropertyDecorator;

const all =
  (...decorators: readonly Field[]): Field =>
  (target, name) => {
    for (const decorator of decorators) decorator(target, name);
  };

/** May be left out; null is not leaving out. */
export const Optional = (): Field => ValidateIf((_, value) => value !== undefined);

/** Text of 1 to `max` characters (code points), with no control characters but tab and line ends. */
export const Text = (max = 200): Field =>
  rule('text', [max], `must be text of 1 to ${max} characters without control characters`, (value) =>
    isText(value, max),
  );

/** Up to `most` texts. */
export const Texts = (most: number, max = 100, least = 0): Field =>
  all(
    IsArray(),
    ArrayMinSize(least),
    ArrayMaxSize(most),
    rule('text', [max], `must be texts of 1 to ${max} characters`, (value) => isText(value, max), true),
  );

/** An id of ours: a UUID. */
export const Id = (): Field => rule('id', [], 'must be an id (a UUID)', isId);

/** An instant with its offset, such as 2031-05-05T09:00:00Z. */
export const Instant = (): Field =>
  rule(
    'instant',
    [],
    'must be an instant such as 2031-05-05T09:00:00Z',
    (value) => isText(value, 40) && isInstant(value),
  );

/** A day that exists, such as 2031-05-05. */
export const Day = (): Field =>
  rule('day', [], 'must be a day such as 2031-05-05', (value) => isText(value, 10) && isDay(value));

/** A language by its BCP 47 tag, such as pt-BR. */
export const Language = (): Field =>
  rule(
    'language',
    [],
    'must be a language tag such as en or pt-BR',
    (value) => typeof value === 'string' && LANGUAGE.test(value),
  );

export const OneOf = (values: readonly (string | number)[]): Field => IsIn([...values]);
export const Whole = (least: number, most: number): Field => all(IsInt(), Min(least), Max(most));
export const Flag = (): Field => IsBoolean();
/** An object whose fields are checked elsewhere, such as a rule set or a filter. */
export const Anything = (): Field => IsObject();
export const Part = (type: PartType): Field => all(IsObject(), ValidateNested(), Type(type), madeOf(type));
export const Parts = (type: PartType, most: number, least = 0): Field =>
  all(
    IsArray(),
    ArrayMinSize(least),
    ArrayMaxSize(most),
    IsObject({ each: true }),
    ValidateNested({ each: true }),
    Type(type),
    madeOf(type),
  );

export type PartType = () => new () => object;
const PART = 'amends:part';
const madeOf = (type: PartType): Field => Reflect.metadata(PART, type) as Field;
export const partTypeOf = (message: new () => object, field: string): PartType | undefined =>
  Reflect.getMetadata(PART, message.prototype as object, field) as PartType | undefined;

export const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export const isId = (value: unknown): boolean => typeof value === 'string' && ID.test(value);

export const isDay = (value: string): boolean => {
  if (!DAY.test(value)) return false;
  const at = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value);
};

export const isInstant = (value: string): boolean => {
  const day = INSTANT.exec(value)?.[1];
  if (day === undefined || !isDay(day)) return false;
  // History holds it in UTC: there, only years of four digits compare as texts, and calendars know no year 0.
  const year = new Date(value).getUTCFullYear();
  return year >= 1 && year <= 9_999;
};

/** As history holds instants: UTC with milliseconds. */
export const instantOf = (value: string): string => new Date(value).toISOString();

/** Tab and line ends apart, the control characters of ASCII. */
export const hasControlCharacter = (value: string): boolean => {
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if ((code < 32 && code !== 9 && code !== 10 && code !== 13) || code === 127) return true;
  }
  return false;
};

const isText = (value: unknown, max: number): value is string =>
  typeof value === 'string' && value !== '' && lengthOf(value) <= max && !hasControlCharacter(value);

const lengthOf = (value: string): number => {
  let length = 0;
  for (const _ of value) length++;
  return length;
};

function rule(
  name: string,
  constraints: unknown[],
  message: string,
  holds: (value: unknown) => boolean,
  each = false,
): Field {
  return (target, propertyName) => {
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(propertyName),
      constraints,
      options: { message: `$property ${message}`, each },
      validator: { validate: (value: unknown) => holds(value) },
    });
  };
}

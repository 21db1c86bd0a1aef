import { Transform } from 'class-transformer';
import { IsIn, IsNumber, Matches, ValidateBy, type ValidationArguments, type ValidationOptions } from 'class-validator';

/** Reads a setting from the text of its variable and of others. */
export const From = (read: (text: string, env: NodeJS.ProcessEnv) => unknown): PropertyDecorator =>
  Transform(({ value, obj }: { value: string; obj: NodeJS.ProcessEnv }) => read(value, obj));

/** The sentence of a mistake, which says what was given: not for secrets. */
export const must = (be: string, given: (value: never) => string = String): ValidationOptions => ({
  message: ({ property, value }) => `${property} must ${be}, not "${given(value as never)}"`,
});

export const Matching = (form: RegExp, be: string): PropertyDecorator => Matches(form, must(be));

export const OneOf = (...choices: readonly string[]): PropertyDecorator =>
  IsIn(choices, must(`be one of ${choices.join(', ')}`));

export const Whole = (least: number, most: number): PropertyDecorator =>
  both(
    // What is no such number stays text.
    From((text) => (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : text)),
    IsNumber({}, must(`be a whole number from ${least} to ${most}`)),
  );

/** What no library foresees. */
export const Holds = (
  holds: (value: string, settings: Readonly<Record<string, unknown>>) => boolean,
  sentence: string,
): PropertyDecorator =>
  ValidateBy({
    name: 'holds',
    validator: {
      validate: (value: string, args?: ValidationArguments) =>
        holds(value, args?.object as Readonly<Record<string, unknown>>),
      defaultMessage: () => sentence,
    },
  });

export const both =
  (...decorators: readonly PropertyDecorator[]): PropertyDecorator =>
  (target, name) =>
    decorators.forEach((decorate) => decorate(target, name));

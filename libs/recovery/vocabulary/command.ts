import type { TProperties } from 'typebox';
import type { DeclaredCommand, Inside, Mood, Route } from '../../event-sourcing/declared-command.js';
import { object } from '../../event-sourcing/schema.js';
import type { Role } from './roles.js';

interface Declaring<Fields extends TProperties, Need extends string, Comes> {
  readonly is: Mood;
  readonly fields: Fields;
  readonly comes: Comes;
  readonly needs?: readonly Need[];
}

/** Declares a command of an aggregate whose decider stands beside it. */
export const command = <
  const Name extends string,
  Fields extends TProperties,
  const Comes extends Route<Role> | Inside,
  Need extends string = never,
>(
  type: Name,
  { is, fields, comes, needs = [] }: Declaring<Fields, Need, Comes>,
): DeclaredCommand<Name, Fields, Need, Comes> => ({
  type,
  is,
  comes,
  needs,
  fields: object(fields),
});

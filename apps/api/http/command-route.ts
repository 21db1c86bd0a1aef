import { applyDecorators, HttpCode, Post, Put } from '@nestjs/common';
import { ApiHeader, ApiOperation } from '@nestjs/swagger';
import type { TObject } from 'typebox';
import type { DeclaredCommand, Route } from '../../../libs/event-sourcing/declared-command.js';
import { Roles } from '../../../libs/platform/auth/roles.js';
import { message } from '../../../libs/platform/validation/schema.js';
import type { Role } from '../../../libs/recovery/vocabulary/roles.js';

/** A command that comes in over HTTP. */
export type RoutedCommand = DeclaredCommand & { readonly comes: Route<Role> };

export const isRouted = (declared: DeclaredCommand): declared is RoutedCommand => 'path' in declared.comes;

const FACT = 'It has happened, so it is recorded also where it breaks a rule: its event then names the `breaches`.';

/** Names in braces in a path. */
const IN_PATH = /\{(\w+)\}/g;

type InPath<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | InPath<Rest> : never;
type BodyOf<D extends RoutedCommand> = TObject<Omit<D['fields']['properties'], InPath<D['comes']['path']>>>;

/** The message of the body: the command's fields without those in the path. */
export function bodyOf<D extends RoutedCommand>({ fields, comes }: D): BodyOf<D> {
  const named = [...comes.path.matchAll(IN_PATH)].map(([, name]) => name);
  const sent = Object.entries(fields.properties).filter(([name]) => !named.includes(name));
  return message(Object.fromEntries(sent), comes.example) as unknown as BodyOf<D>; // the path's names are left out
}

/** Decorates the route of a declared command: path, roles, documentation. */
export const CommandRoute = (declared: RoutedCommand): MethodDecorator => {
  const { is, comes } = declared;
  const { method, path, roles, says, explains } = comes;
  const at = path.replaceAll(IN_PATH, ':$1');
  return applyDecorators(
    method === 'PUT' ? Put(at) : Post(at),
    HttpCode(200),
    Roles(...roles),
    ApiOperation({
      operationId: declared.type,
      summary: says,
      description: [explains, is === 'fact' && FACT, `For ${roles.join(', ')}.`].filter(Boolean).join(' '),
    }),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'The id of the command. Amends carries out a command once, however often you send it.',
    }),
    ApiHeader({ name: 'If-Match', required: false, description: 'The ETag of the answer that you decided on' }),
  );
};

import type { Static, TObject, TProperties } from 'typebox';

/** How a command comes in over HTTP: by which path, from whom, and what it does in a sentence. */
export interface Route<Role extends string = string> {
  /** Default: POST. */
  readonly method?: 'PUT';
  /** Under /v1, or under the case; what stands in braces, such as {offer}, is taken into the command. */
  readonly path: string;
  readonly roles: readonly Role[];
  readonly says: string;
  /** What a caller should know beside it. */
  readonly explains?: string;
  /** A body, shown in the documentation of the API. */
  readonly example: object;
}

/** Why a command does not come in over HTTP. */
export interface Inside {
  readonly inside: string;
}

/**
 * What a command says: a `fact` has happened, so that no rule of the business refuses it: what it breaks is recorded with
 * it. An `intention` is refused where a rule stands against it.
 */
export type Mood = 'fact' | 'intention';

/** A command as it is declared, once: its name and fields, and how it comes in. */
export interface DeclaredCommand<
  Name extends string = string,
  Fields extends TProperties = TProperties,
  Need extends string = string,
  Comes extends Route | Inside = Route | Inside,
> {
  readonly type: Name;
  readonly is: Mood;
  readonly fields: TObject<Fields>;
  /** Its route, or why it has none. */
  readonly comes: Comes;
  /** What its decision needs to know of other streams: the context answers under the same names. */
  readonly needs: readonly Need[];
}

/** The command's type: `{ type, ...fields }`. Of several declarations, the union. */
export type CommandOf<D> =
  D extends DeclaredCommand<infer Name, infer Fields> ? { readonly type: Name } & Static<TObject<Fields>> : never;

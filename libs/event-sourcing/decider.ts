import type { Actor, DomainEvent, Recorded } from './event.js';
import { stated } from './stated.js';

/** Why the decider refused a command: a code for programs, a sentence for people. A value, never thrown. */
export interface Refusal<Code extends string = string> {
  readonly refused: Code;
  readonly because: string;
  /** The command's field that is at fault. */
  readonly field?: string;
  /** The commands that do what the sentence names as a way out. */
  readonly through?: Through;
}

/** Commands by their types, any of which is a way out. The edge names their routes, and who may send them. */
export interface Through {
  readonly by: readonly string[];
  /** What their routes hold, such as { offer: 'o1' }, where it is not what the refused command's holds. */
  readonly at?: Readonly<Record<string, string>>;
}

interface WayOut {
  readonly says: string;
  readonly through: Through;
}

/** What a decision takes from outside, so that a decider reads no clock. */
export interface Context {
  /** UTC, ISO 8601 with milliseconds. */
  readonly now: string;
  readonly actor: Actor;
  readonly commandId: string;
}

export type Decision<E extends DomainEvent> = readonly E[] | Refusal;

/** An aggregate. Pure: the same history and command give the same decision anywhere. */
export interface Decider<State, Command, E extends DomainEvent, C extends Context = Context> {
  readonly initialState: State;
  evolve(this: void, state: State, event: Recorded<E>): State;
  /** No events: the state is already what the command asks for. */
  decide(this: void, command: Command, state: State, context: C): Decision<E>;
}

/**
 * @param what what stands against the command
 * @param wayOut what would be accepted instead, or by whom: each refusal names it
 */
export function refuse<const Code extends string>(
  refused: Code,
  what: string,
  wayOut: string | WayOut,
  field?: string,
): Refusal<Code> {
  const way = typeof wayOut === 'string' ? { says: wayOut, through: undefined } : wayOut;
  return stated({ refused, because: `${what} ${way.says}`, field, through: way.through });
}

/** A way out through commands. */
export const through = (says: string, by: string | readonly string[], at?: Through['at']): WayOut => ({
  says,
  through: stated({ by: typeof by === 'string' ? [by] : by, at }),
});

export const isRefusal = (decision: unknown): decision is Refusal =>
  typeof decision === 'object' && decision !== null && 'refused' in decision;

/** Marks code that the types make unreachable, and throws if it runs. */
export const never = (value: never): never => {
  throw new Error(`Unforeseen: ${JSON.stringify(value)}`);
};

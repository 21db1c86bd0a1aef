import type { Actor, DomainEvent, Recorded } from './event.js';
import { stated } from './stated.js';

/** Why the decider refused a command: a code for programs, a sentence for people. A value, never thrown. */
export interface Refusal<Code extends string = string> {
  readonly refused: Code;
  readonly because: string;
  /** The command's field that is at fault. */
  readonly field?: string;
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

export const refuse = <const Code extends string>(refused: Code, because: string, field?: string): Refusal<Code> =>
  stated({ refused, because, field });

export const isRefusal = (decision: unknown): decision is Refusal =>
  typeof decision === 'object' && decision !== null && 'refused' in decision;

/** Marks code that the types make unreachable, and throws if it runs. */
export const never = (value: never): never => {
  throw new Error(`Unforeseen: ${JSON.stringify(value)}`);
};

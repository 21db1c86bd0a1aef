import type { Actor, DomainEvent, Recorded } from './event.js';

/** Why a command was not carried out: a code for programs, a sentence for people. A value, never thrown. */
export interface Refusal {
  readonly refused: string;
  readonly because: string;
  /** The field of the command that is at fault, where there is one. */
  readonly field?: string;
}

/** What every decision is given from outside, so that nothing inside asks a clock. */
export interface Context {
  /** UTC, ISO 8601 with milliseconds. */
  readonly now: string;
  readonly actor: Actor;
  readonly commandId: string;
}

export type Decision<E extends DomainEvent> = readonly E[] | Refusal;

/** An aggregate: pure, so that the same history and command decide the same anywhere. */
export interface Decider<State, Command, E extends DomainEvent, C extends Context = Context> {
  readonly initialState: State;
  evolve(this: void, state: State, event: Recorded<E>): State;
  /** No events means: nothing to do, it is already so. */
  decide(this: void, command: Command, state: State, context: C): Decision<E>;
}

export const refuse = (refused: string, because: string, field?: string): Refusal => ({
  refused,
  because,
  ...(field === undefined ? {} : { field }),
});

export const isRefusal = (decision: unknown): decision is Refusal =>
  typeof decision === 'object' && decision !== null && 'refused' in decision;

/** Marks what the types say can't be reached; reached all the same, it is loud. */
export const never = (value: never): never => {
  throw new Error(`Unforeseen: ${JSON.stringify(value)}`);
};

import type { Static, TObject, TProperties } from 'typebox';
import type { Decision } from '../../event-sourcing/decider.js';
import type { CommandOf, DeclaredCommand, Inside, Mood, Route } from '../../event-sourcing/declared-command.js';
import { event, type DeclaredEvent } from '../../event-sourcing/declared-event.js';
import type { DomainEvent, Recorded } from '../../event-sourcing/event.js';
import { command } from '../vocabulary/command.js';
import type { Publication } from '../vocabulary/topics.js';
import type { Role } from '../vocabulary/roles.js';
import type { CaseContext } from './case-context.js';
import type { OpenedCase } from './case-state.js';

/** An event of a case: its fields, and what it makes of the case. */
export interface CaseEventDeclaration<
  Name extends string = string,
  Fields extends TProperties = TProperties,
> extends DeclaredEvent<Name, Fields> {
  /** What the event makes of the case. Absent: it changes nothing. */
  readonly apply?: (this: void, state: OpenedCase, event: never) => OpenedCase;
  /** Why the case can't have this event, such as an answer to an offer that was never made. */
  readonly contradicts?: (this: void, state: OpenedCase, data: never) => string | undefined;
}

interface DeclaringEvent<Name extends string, Fields extends TProperties> {
  readonly fields: Fields;
  /** A source's file can report it. Default: it can. */
  readonly importable?: boolean;
  readonly restates?: DeclaredEvent['restates'];
  apply?(this: void, state: OpenedCase, event: Recorded<{ type: Name; data: Static<TObject<Fields>> }>): OpenedCase;
  contradicts?(this: void, state: OpenedCase, data: Static<TObject<Fields>>): string | undefined;
}

export const caseEvent = <const Name extends string, Fields extends TProperties>(
  type: Name,
  { apply, contradicts, importable = true, ...declared }: DeclaringEvent<Name, Fields>,
): CaseEventDeclaration<Name, Fields> => ({
  ...event(type, { ...declared, importable, topic: 'amends.cases' satisfies Publication }),
  ...(apply && { apply: apply as CaseEventDeclaration['apply'] }),
  ...(contradicts && { contradicts: contradicts as CaseEventDeclaration['contradicts'] }),
});

/** What a decision may ask of other streams. */
export type CaseNeed = keyof Pick<CaseContext, 'lastReSurveyAt' | 'mergesInto' | 'people'>;

/** A command of a case: what it holds, how it comes in, and the rule that decides it. */
export interface CaseCommandDeclaration<
  Name extends string = string,
  Fields extends TProperties = TProperties,
> extends DeclaredCommand<Name, Fields, CaseNeed> {
  decide(
    this: void,
    command: never,
    state: OpenedCase,
    context: CaseContext,
    history: CaseHistory,
  ): Decision<DomainEvent>;
}

/** What a correction looks at. */
export interface CaseHistory {
  /** Oldest first. */
  readonly events: () => readonly Recorded[];
  readonly declarationOf: (type: string) => CaseEventDeclaration;
  /** As the last event left it: a pause may have ended by itself since. */
  readonly asLeft: OpenedCase;
}

interface DeclaringCommand<Name extends string, Fields extends TProperties, E extends DomainEvent> {
  readonly is: Mood;
  readonly fields: Fields;
  /** Under /v1/cases/{id}/. */
  readonly comes: Route<Role> | Inside;
  readonly needs?: readonly CaseNeed[];
  decide(
    this: void,
    command: CommandOf<DeclaredCommand<Name, Fields>>,
    state: OpenedCase,
    context: CaseContext,
    history: CaseHistory,
  ): Decision<E>;
}

export const caseCommand = <const Name extends string, Fields extends TProperties, E extends DomainEvent>(
  type: Name,
  { decide, ...declared }: DeclaringCommand<Name, Fields, E>,
): CaseCommandDeclaration<Name, Fields> => ({
  ...command<Name, Fields, Route<Role> | Inside, CaseNeed>(type, declared),
  decide: decide as CaseCommandDeclaration['decide'],
});

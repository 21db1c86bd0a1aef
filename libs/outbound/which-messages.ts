import type { OpenedCase } from '../recovery/case/case-state.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { CompiledRules } from '../recovery/rules/compile.js';
import type { Wanted } from './destination.js';
import { isForCustomer } from './words.js';

/** What an event must know to say who is told. */
export interface Known {
  /** In force when it happened. */
  readonly rules: CompiledRules | undefined;
  /** The case as it is; only for events that `needsCase` names. */
  readonly case: OpenedCase | undefined;
}

/** A message, and the case and the promise that it is about. */
export type Telling = Wanted & {
  readonly case: string;
  /** The destinations that the rules name for it. */
  readonly to?: readonly string[] | undefined;
  readonly about?: { readonly target?: string; readonly dueAt: string };
};

type Of<T extends RecordedEvent['type']> = Extract<RecordedEvent, { type: T }>;
type Told = Omit<Telling, 'case'>;

/** Which event leads to which message, and to whom. */
const MESSAGES_OF: { readonly [T in RecordedEvent['type']]?: (event: Of<T>, known: Known) => readonly Told[] } = {
  CaseOpened: ({ data: { team } }) => [{ message: 'acknowledgement' }, { message: 'ticket', team }],
  CaseAssigned: ({ data: { owner, team } }) => [{ message: 'owner-alert', person: owner, team }],
  CaseHandedOff: ({ data: { toOwner, toTeam } }) => [{ message: 'owner-alert', person: toOwner, team: toTeam }],
  CaseApproved: () => [{ message: 'closing' }],
  TargetWarned: (event, known) => [{ message: 'target-warned', ...ownerOf(known), about: promiseOf(event) }],
  TargetBreached: (event, known) => [{ message: 'target-breached', ...ownerOf(known), about: promiseOf(event) }],
  EscalationRaised: (event, known) => {
    const { to, by } = event.data;
    const { person, team } = ownerOf(known);
    return [{ message: 'escalation', person: to === 'owner' ? person : to, team, by, about: promiseOf(event) }];
  },
  ContactRetryDue: ({ data: { dueAt } }, known) => [{ message: 'retry-due', ...ownerOf(known), about: { dueAt } }],
  ProgressUpdateDue: ({ data: { dueAt } }, known) => [
    { message: 'progress' },
    { message: 'progress-due', ...ownerOf(known), about: { dueAt } },
  ],
};

const promiseOf = ({ data: { target, dueAt } }: Of<'TargetWarned' | 'TargetBreached' | 'EscalationRaised'>) => ({
  target,
  dueAt,
});

const ownerOf = ({ case: of }: Known) => ({
  person: of?.facts.owner ?? undefined,
  team: of?.facts.team ?? undefined,
});

/** The events that lead to messages. */
export const TELLING: readonly string[] = Object.keys(MESSAGES_OF);

/** What the timekeeper records doesn't say itself whose the case is. */
export const needsCase = ({ stream }: RecordedEvent): boolean => stream.startsWith('clock-');

/** The messages that an event leads to. A source's file tells what happened elsewhere: it leads to none. */
export function messagesFor(event: RecordedEvent, known: Known): readonly Telling[] {
  if (event.imported === true) return [];
  // Each function takes events of the type that is its key.
  const table = MESSAGES_OF as Readonly<
    Record<string, ((event: RecordedEvent, known: Known) => readonly Told[]) | undefined>
  >;
  const of = event.stream.slice(event.stream.indexOf('-') + 1);
  return (table[event.type]?.(event, known) ?? [])
    .filter(({ message }) => !isForCustomer(message) || known.rules?.ruleSet.messages?.[message] !== undefined)
    .map((one) => ({ ...one, case: of, to: known.rules?.ruleSet.messages?.[one.message]?.to }));
}

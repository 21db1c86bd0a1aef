import type { RecordedEvent } from '../recovery/history.js';
import type { Wanted } from './destination.js';

type Of<T extends RecordedEvent['type']> = Extract<RecordedEvent, { type: T }>;

/** Which event leads to which message, about which case and to whom. */
const MESSAGES_OF: { readonly [T in RecordedEvent['type']]?: (event: Of<T>) => readonly Wanted[] } = {
  CaseAssigned: ({ data: { owner, team } }) => [{ message: 'owner-alert', person: owner, team }],
  CaseHandedOff: ({ data: { toOwner, toTeam } }) => [{ message: 'owner-alert', person: toOwner, team: toTeam }],
};

/** The events that lead to messages. */
export const TELLING: readonly string[] = Object.keys(MESSAGES_OF);

/** The messages that an event leads to. A source's file tells what happened elsewhere: it leads to none. */
export function messagesFor(event: RecordedEvent): readonly (Wanted & { readonly case: string })[] {
  if (event.imported === true) return [];
  // Each function takes events of the type that is its key.
  const wanted = (MESSAGES_OF as Readonly<Record<string, ((event: RecordedEvent) => readonly Wanted[]) | undefined>>)[
    event.type
  ];
  const of = event.stream.slice(event.stream.indexOf('-') + 1);
  return (wanted?.(event) ?? []).map((one) => ({ ...one, case: of }));
}

import type { EventStore } from '../../libs/event-store/event-store.js';
import type { Effect } from '../../libs/reactions/effect.js';
import type { RecordedEvent } from '../../libs/recovery/history.js';

/** An effect that failed, kept until an operator resends it. */
export interface DeadLetter {
  readonly reaction: string;
  readonly event: { readonly id: string; readonly stream: string; readonly revision: number };
  readonly correlationId: string;
  /** The effect's command id, or the event's id where the reaction itself failed. */
  readonly commandId: string;
  readonly effect?: Effect;
  readonly error: string;
  readonly at: string;
}

export const DEAD_LETTERS = 'dead-letter/';
export const keyOfLetter = ({ reaction, commandId }: Pick<DeadLetter, 'reaction' | 'commandId'>): string =>
  `${DEAD_LETTERS}${reaction}/${commandId}`;

/** Undefined where history was restored to before the event. */
export async function eventOf(
  { event: { id, stream, revision } }: DeadLetter,
  history: Pick<EventStore, 'readStream'>,
): Promise<RecordedEvent | undefined> {
  const { events } = await history.readStream(stream, { after: revision - 1, limit: 1 });
  return (events as readonly RecordedEvent[]).find((found) => found.id === id);
}

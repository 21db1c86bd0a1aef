import type { RecordedCaseEvent } from './case-state.js';

/**
 * A case's events as they are now known to have been: corrected facts in the place of wrong ones, what did not happen
 * left out, and the corrections themselves gone. Oldest first, in and out.
 * @throws Error on a correction of an event that is not there.
 */
export const asCorrected = (events: readonly RecordedCaseEvent[]): readonly RecordedCaseEvent[] => {
  const facts = new Map<string, RecordedCaseEvent>();
  for (const event of events) {
    if (event.type !== 'EventCorrected') {
      facts.set(event.id, event);
      continue;
    }
    const { corrects, withdrawn, set } = event.data;
    const wrong = facts.get(corrects);
    if (!wrong) throw new Error(`Broken history: ${event.id} corrects ${corrects}, which ${event.stream} has not.`);
    if (withdrawn) facts.delete(corrects);
    // `set` was checked against the corrected event's fields when the correction was decided.
    else facts.set(corrects, { ...wrong, data: { ...wrong.data, ...set } } as RecordedCaseEvent);
  }
  return [...facts.values()];
};

import type { EventStore } from '../event-store/event-store.js';
import { streamOf } from '../recovery/aggregates.js';
import { evolveCase } from '../recovery/case/case.js';
import { caseAsRead } from '../recovery/case/case-reading.js';
import type { OpenedCase } from '../recovery/case/case-state.js';
import type { RecordedEvent } from '../recovery/history.js';

/** A case as it is now, and the events that made it so. */
export interface CaseNow {
  readonly state: OpenedCase;
  readonly events: readonly RecordedEvent[];
}

export async function caseNow(events: Pick<EventStore, 'readStream'>, id: string): Promise<CaseNow | undefined> {
  const { events: recorded } = await events.readStream(streamOf('case', id));
  const read = caseAsRead(recorded as readonly RecordedEvent[]);
  const state = read.reduce<OpenedCase | undefined>(evolveCase, undefined);
  return state && { state, events: read };
}

import type { Ledger } from '../../libs/ledger/ledger.js';
import type { EventStore } from '../../libs/event-store/event-store.js';

const KEY = 'timekeeper/place';

/** How far the timekeeper has come. */
export interface Place {
  /** It began then: what fell due before is nobody's to notice. */
  readonly since: string;
  /** All that falls due before it, and was known, is recorded. */
  readonly sweptTo: string;
  /** The build that it looked in. */
  readonly generation?: number;
  /** It has seen which cases events touched, up to this position; '' in an empty history. */
  readonly followed: string;
  /** Another build went live: the clocks that go on are looked through again, from one instant up to another. */
  readonly again?: { readonly from: string; readonly before: string };
}

interface Stores {
  readonly events: Pick<EventStore, 'end'>;
  readonly ledger: Ledger;
}

/** Processes that record what happens call it first, so that a timekeeper which starts later begins there. */
export async function loadPlace({ events, ledger }: Stores, now: string): Promise<Place> {
  const found = await ledger.get<Place>(KEY);
  if (found) return found.value;
  const begun: Place = { since: now, sweptTo: now, followed: (await events.end()) ?? '' };
  // The first start anywhere stands.
  await ledger.putMany([{ key: KEY, value: begun, expected: 0 }]);
  return (await ledger.get<Place>(KEY))?.value ?? begun;
}

export const savePlace = async (ledger: Ledger, place: Place): Promise<void> =>
  void (await ledger.put({ key: KEY, value: place }));

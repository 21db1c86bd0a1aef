import { stated } from '../event-sourcing/stated.js';
import type { Filter } from '../filter/filter.js';
import type { HeldBackDocument } from '../read-models/held-back.js';
import { allPages } from '../read-store/all-pages.js';
import type { Query, ReadStore } from '../read-store/read-store.js';
import type { ReleaseOrder } from '../recovery/vocabulary/words.js';

/** How it stands with what a throttle held back. Each is in one of these states at any time. */
export const HELD_BACK_STATES = ['waiting', 'released', 'expired'] as const;
export type HeldBackState = (typeof HELD_BACK_STATES)[number];

/** Those that are in a state at an instant. They expire by their age, whether or not anybody recorded it. */
export function heldBackThat(state: HeldBackState, at: string): Filter {
  switch (state) {
    case 'waiting':
      return { releasedAt: null, $or: [{ heldUntil: null }, { heldUntil: { $gt: at } }] };
    case 'released':
      return { releasedAt: { $ne: null } };
    case 'expired':
      return { releasedAt: null, heldUntil: { $lte: at } };
  }
}

/** Those that wait now, in a form that reads past none of the others, however many there were. */
export const waitingNow = (now: string): Filter => ({ ...heldBackThat('waiting', now), expiryRecorded: false });

/** The state of one at an instant. */
export function heldBackState(
  { releasedAt, heldUntil }: { readonly releasedAt?: unknown; readonly heldUntil?: unknown },
  at: string,
): HeldBackState {
  if (typeof releasedAt === 'string') return 'released';
  return typeof heldUntil === 'string' && heldUntil <= at ? 'expired' : 'waiting';
}

/** Of equals the oldest stands first, and of equally old ones the lowest. Who gave no score stands before all scores. */
export const HELD_BACK_ORDERS: Readonly<Record<ReleaseOrder, NonNullable<Query['sort']>>> = {
  'oldest-first': ['respondedAt', 'lowest'].map((field) => ({ field, direction: 'asc' })),
  'lowest-first': ['lowest', 'respondedAt'].map((field) => ({ field, direction: 'asc' })),
};

export interface HeldBackRequest {
  readonly programme?: string | undefined;
  readonly team?: string | undefined;
  readonly state: HeldBackState;
  readonly order: ReleaseOrder;
  readonly at: string;
}

/** All of a state, in order. */
export async function heldBackList(
  reads: Pick<ReadStore, 'find'>,
  { programme, team, state, order, at }: HeldBackRequest,
): Promise<{ readonly rows: readonly HeldBackDocument[] }> {
  const filter = { ...stated({ programme, team }), ...heldBackThat(state, at) };
  const rows: HeldBackDocument[] = [];
  for await (const page of allPages(reads, 'held_back', { filter, sort: HELD_BACK_ORDERS[order] }))
    rows.push(...(page as unknown as readonly HeldBackDocument[])); // it stores what it declares
  return { rows };
}

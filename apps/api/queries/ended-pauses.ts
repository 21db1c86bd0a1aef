import type { Filter } from '../../../libs/filter/filter.js';
import type { ReadStore } from '../../../libs/read-store/read-store.js';
import { askedOf, conditionsOf } from './url-query.js';

type Fields = Readonly<Record<string, unknown>>;

/** A pause that ended by itself leaves no event: the case reads as open from then on. */
export const afterPause = <D extends Fields>(document: D, now: string): D =>
  document['status'] === 'paused' && typeof document['pausedUntil'] === 'string' && document['pausedUntil'] <= now
    ? { ...document, status: 'open', waitingOn: null, pausedUntil: null }
    : document;

/**
 * The filter of a listing of cases by their status now, where the store has it as of the last event.
 * @param filter as `queryOf` makes it
 */
export async function filterAfterPauses(
  reads: Pick<ReadStore, 'find'>,
  collection: 'queues' | 'cases',
  filter: Filter,
  now: string,
): Promise<Filter> {
  const [status, waitingOn] = [askedOf(filter, 'status'), askedOf(filter, 'waitingOn')];
  if (!status && !waitingOn) return filter;
  const ended: Filter = { status: 'paused', pausedUntil: { $lte: now } };
  if ((await reads.find(collection, { filter: ended, limit: 1 })).documents.length === 0) return filter;
  const goesOn: Filter = { $or: [{ status: { $ne: 'paused' } }, { pausedUntil: null }, { pausedUntil: { $gt: now } }] };
  const asStored: Filter = { $and: [filter, goesOn] };
  if (!(status?.includes('open') ?? true) || !(waitingOn?.includes(null) ?? true)) return asStored;
  const others = conditionsOf(filter).filter((condition) => !('status' in condition || 'waitingOn' in condition));
  return { $or: [asStored, { $and: [...others, ended] }] };
}

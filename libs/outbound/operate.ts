import { destinationsFor, type Destination } from './destination.js';
import type { Outbox, RowRecord } from './outbox.js';
import { idOfRow, type Row } from './row.js';
import type { KeptState, RowState } from './words.js';

/** A row as operators see it. */
export const shown = ({ value, dueAt }: RowRecord) => ({
  id: value.id,
  state: value.state,
  message: value.message,
  destination: value.destination === '' ? null : value.destination,
  case: value.case,
  person: value.person ?? null,
  tries: value.tries,
  because: value.because ?? null,
  event: { type: value.event.type, occurredAt: value.event.occurredAt },
  nextTryAt: value.state === 'waiting' ? (dueAt ?? null) : null,
  settledAt: value.settledAt ?? null,
});
export type ShownRow = ReturnType<typeof shown>;

export interface ListedRows {
  readonly messages: readonly ShownRow[];
  /** Where the next page begins. */
  readonly next?: string | undefined;
}

type Known = readonly Pick<Destination, 'name'>[];
const PAGE = 100;
/** Rows that no destination took. */
const NOWHERE = '';

/** What is in the outbox: in one state, or all of one case. */
export async function listRows(
  outbox: Outbox,
  destinations: Known,
  asked: { readonly state: Exclude<RowState, 'sent'>; readonly after?: string } | { readonly case: string },
  now: string,
): Promise<ListedRows> {
  const names = destinations.map(({ name }) => name);
  if ('case' in asked) {
    const lists = await Promise.all([...names, NOWHERE].map((name) => outbox.ofCase(name, asked.case)));
    return { messages: lists.flat().map(shown) };
  }
  const { state, after } = asked;
  if (state === 'waiting') {
    const lists = await Promise.all(names.map((name) => outbox.waiting(name, now, PAGE)));
    return { messages: lists.flat().map(shown) };
  }
  const { rows, next } = await outbox.kept(state, PAGE, after);
  return { messages: rows.map(shown), next };
}

interface Resending {
  readonly state: KeptState;
  /** Only these, or only those of a destination; default: all. */
  readonly ids?: readonly string[] | undefined;
  readonly destination?: string | undefined;
}

/** Has kept rows sent again. What no destination took goes to those that take it now. Resolves to how many are sent. */
export async function resend(
  outbox: Outbox,
  destinations: readonly Destination[],
  { state, ids, destination }: Resending,
  now: string,
): Promise<number> {
  let sent = 0;
  for (let after: string | undefined; ;) {
    const { rows, next } = await outbox.kept(state, PAGE, after);
    for (const record of rows) {
      const { value } = record;
      if (ids?.includes(value.id) === false) continue;
      if (destination !== undefined && value.destination !== destination) continue;
      if (value.destination === NOWHERE) sent += await readdress(outbox, record, destinations, now);
      else if (await outbox.sendAgain(record, now)) sent++;
    }
    if (next === undefined) return sent;
    after = next;
  }
}

/** To the destinations that take it now. */
async function readdress(
  outbox: Outbox,
  record: RowRecord,
  destinations: readonly Destination[],
  now: string,
): Promise<number> {
  const { because: _, settledAt: __, ...row } = record.value;
  const names = destinationsFor(row, destinations).map(({ name }) => name);
  if (names.length === 0) return 0;
  const rows = names.map((name): Row => {
    return { ...row, id: idOfRow(row.event.id, name, row), destination: name, state: 'waiting', resentAt: now };
  });
  await outbox.add(rows, now);
  await outbox.settle(record, `Sent to ${names.join(', ')} instead.`, now);
  return rows.length;
}

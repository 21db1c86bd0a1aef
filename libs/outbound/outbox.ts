import type { Ledger, LedgerRecord, Put } from '../ledger/ledger.js';
import { CLOSED, type Breaker } from './breaker.js';
import { keyOf, prefixOf, type Row } from './row.js';
import { KEPT_STATES, type KeptState } from './words.js';

export type RowRecord = LedgerRecord<Row>;

/** What a row becomes, and when it falls due again. */
export interface Change {
  readonly record: RowRecord;
  readonly row: Row;
  readonly dueAt?: string | undefined;
}

/** A row stays known for so long after it was sent, so that the same event read again sends nothing. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;
/** No row that waits falls due later than this: the longest wait that settings allow, and some more. */
const LONGEST_WAIT_MS = 25 * 60 * 60 * 1_000;
/** Of one case, at one destination. */
const MOST_OF_A_CASE = 1_000;

const later = (instant: string, ms: number): string => new Date(Date.parse(instant) + ms).toISOString();

/**
 * The messages to be sent, in the ledger: a record for each, which changes by compare-and-set. Those that somebody must
 * look at have a second record that lists them.
 */
export class Outbox {
  constructor(private readonly ledger: Ledger) {}

  /** Adds rows that are not there yet, with one commit. */
  async add(rows: readonly Row[], now: string): Promise<void> {
    if (rows.length === 0) return;
    const listed = rows.map((row) => (row.state === 'waiting' ? row : { ...row, settledAt: now }));
    const puts = listed.map((row) => ({
      ...putOf(row, row.state === 'waiting' ? now : later(now, KEPT_MS)),
      expected: 0,
    }));
    await this.ledger.putInOrder([listed.flatMap((row) => listing(row, now)), puts]);
  }

  get(row: Row): Promise<RowRecord | undefined> {
    return this.ledger.get<Row>(keyOf(row));
  }

  /** Soonest first. */
  due(destination: string, now: string, limit: number): Promise<readonly RowRecord[]> {
    return this.ledger.due<Row>(prefixOf(destination), now, limit);
  }

  /** A destination's rows that wait, at most `limit`. */
  async waiting(destination: string, now: string, limit: number): Promise<readonly RowRecord[]> {
    return (await this.due(destination, later(now, LONGEST_WAIT_MS), limit)).filter(isWaiting);
  }

  /** The rows of a case at a destination, in the order of their events. */
  ofCase(destination: string, of: string): Promise<readonly RowRecord[]> {
    return this.ledger.list<Row>(prefixOf(destination, of), { limit: MOST_OF_A_CASE });
  }

  /** Takes rows to send them, with one commit. Resolves to those that nobody else took. */
  async claim(
    wanted: readonly { readonly record: RowRecord; readonly until: string }[],
  ): Promise<readonly RowRecord[]> {
    const claimed = wanted.map(({ record: { key, value, version }, until }) => {
      return { key, value: { ...value, tries: value.tries + 1 }, version: version + 1, dueAt: until };
    });
    const puts = claimed.map(({ key, value, version, dueAt }) => ({ key, value, expected: version - 1, dueAt }));
    const lost = new Set(await this.ledger.putMany(puts));
    return claimed.filter(({ key }) => !lost.has(key));
  }

  /** Lets rows fall due later, with one commit. */
  async postpone(records: readonly (RowRecord & { readonly dueAt: string })[]): Promise<void> {
    if (records.length === 0) return;
    await this.ledger.putMany(
      records.map(({ key, value, version, dueAt }) => ({ key, value, expected: version, dueAt })),
    );
  }

  /** Records what became of a row. False: somebody else changed it first. */
  async change({ record: { version }, row, dueAt }: Change, now: string): Promise<boolean> {
    const due = dueAt ?? (row.state === 'dead' ? undefined : later(now, KEPT_MS));
    const lost = await this.ledger.putInOrder([listing(row, now), [{ ...putOf(row, due), expected: version }]]);
    return lost.length === 0;
  }

  /** Has it sent again, under the same id. False: somebody else changed it first. */
  async sendAgain({ key, value, version }: RowRecord, now: string): Promise<boolean> {
    const { because: _, settledAt, deliveredAt: __, ...row } = value;
    const waits: Row = { ...row, state: 'waiting', tries: 0, resentAt: now };
    const lost = await this.ledger.putMany([{ key, value: waits, expected: version, dueAt: now }]);
    if (lost.length > 0) return false;
    for (const { key: list } of listing(value, settledAt ?? now)) await this.ledger.remove(list);
    return true;
  }

  /** Ends a kept row otherwise, so that it is listed no more. */
  async settle(record: RowRecord, because: string, now: string): Promise<void> {
    const { value } = record;
    await this.change({ record, row: { ...value, state: 'sent', because, settledAt: now } }, now);
    for (const { key } of listing(value, value.settledAt ?? now)) await this.ledger.remove(key);
  }

  /** Those in a state that somebody must look at, the last first. @param before where a page before it ended */
  async kept(state: KeptState, limit: number, before?: string) {
    const listed = await this.ledger.list<{ readonly row: string }>(listOf(state), {
      direction: 'backwards',
      limit,
      ...(before !== undefined && { after: listOf(state) + before }),
    });
    const rows: RowRecord[] = [];
    for (const { value } of listed) {
      const record = await this.ledger.get<Row>(value.row);
      // What was sent again since, or swept, is listed no more.
      if (record?.value.state === state) rows.push(record);
    }
    return { rows, next: listed.length === limit ? listed.at(-1)?.key.slice(listOf(state).length) : undefined };
  }

  async countKept(state: KeptState, limit: number): Promise<number> {
    return (await this.ledger.list(listOf(state), { limit })).length;
  }

  /** Removes what was settled long ago. */
  async sweep(records: readonly RowRecord[], now: string): Promise<void> {
    for (const { key, version } of records) await this.ledger.remove(key, version);
    for (const { key, version } of await this.ledger.due('outbox-kept/', now, 100))
      await this.ledger.remove(key, version);
  }

  async breakerOf(destination: string): Promise<Breaker> {
    return (await this.ledger.get<Breaker>(breakerKey(destination)))?.value ?? CLOSED;
  }

  async keepBreaker(destination: string, breaker: Breaker): Promise<void> {
    await this.ledger.put({ key: breakerKey(destination), value: breaker });
  }
}

export const isWaiting = ({ value: { state } }: RowRecord): boolean => state === 'waiting';

const breakerKey = (destination: string): string => `outbox-breaker/${destination}`;
const listOf = (state: KeptState): string => `outbox-kept/${state}/`;

const putOf = (row: Row, dueAt: string | undefined): Put => ({
  key: keyOf(row),
  value: row,
  ...(dueAt !== undefined && { dueAt }),
});

/** Where a kept row is listed: stored before the row says so, so that no crash leaves one that nobody lists. */
function listing(row: Row, now: string): readonly Put[] {
  const { id, settledAt = now, state } = row;
  const kept = KEPT_STATES.find((one) => one === state);
  if (kept === undefined) return [];
  const value = { row: keyOf(row) };
  return [{ key: `${listOf(kept)}${settledAt}/${id}`, value, ...(kept !== 'dead' && { dueAt: later(now, KEPT_MS) }) }];
}

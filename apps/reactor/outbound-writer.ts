import type { CrashPoint } from '../../libs/event-sourcing/crash-point.js';
import { refuse } from '../../libs/event-sourcing/decider.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import type { Ledger } from '../../libs/ledger/ledger.js';
import { destinationsFor, type Destination } from '../../libs/outbound/destination.js';
import type { Outbox } from '../../libs/outbound/outbox.js';
import { rowOf, sayRefusal, type Row } from '../../libs/outbound/row.js';
import { tellingOf } from '../../libs/outbound/telling.js';
import { TELLING } from '../../libs/outbound/which-messages.js';
import type { Telling } from '../../libs/outbound/which-messages.js';
import { isForStaff } from '../../libs/outbound/words.js';
import { BOOK_CHANGES } from '../../libs/recovery/rules/book-history.js';
import type { RulesInForce } from '../../libs/commands/rules-in-force.js';
import type { RecordedEvent } from '../../libs/recovery/history.js';
import { Checkpoints, least, OUTBOUND } from './checkpoints.js';

export interface OutboundWriterOptions {
  readonly events: EventStore;
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  readonly destinations: readonly Destination[];
  readonly rules: Pick<RulesInForce, 'books' | 'reload'>;
  now(this: void): string;
  readonly crashPoint: CrashPoint;
  /** Called when there is something to send. */
  onRows(this: void): void;
}

const EVENTS_AT_A_TIME = 256;

/** Writes into the outbox what events lead to, once, from where it stopped. It sends nothing. */
export class OutboundWriter {
  private readonly checkpoints: Checkpoints;

  constructor(private readonly options: OutboundWriterOptions) {
    this.checkpoints = new Checkpoints(options.ledger, OUTBOUND.name);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { events, rules } = this.options;
    const shards = await this.checkpoints.load(await events.end());
    const from = least(shards);
    const restoredAt = await lastRestore(events);
    const filter = { types: [...TELLING, ...BOOK_CHANGES] };
    const follow = { filter, signal, batchSize: EVENTS_AT_A_TIME };
    try {
      // No event meets rules older than itself: this loads what changed before, and changes come with the events.
      await rules.reload();
      for await (const batch of events.follow({ ...follow, ...(from !== '' && { from }) })) {
        if (batch.events.some(({ type }) => isBookChange(type))) await rules.reload();
        await this.write(batch.events as readonly RecordedEvent[], restoredAt);
        shards.fill(batch.position);
        await this.checkpoints.save(shards, batch.events.length > 0);
      }
    } finally {
      await this.checkpoints.flush();
    }
  }

  private async write(events: readonly RecordedEvent[], restoredAt: string | undefined): Promise<void> {
    const rules = this.options.rules.books();
    const rows: Row[] = [];
    for (const event of events)
      for (const wanted of await tellingOf(event, { events: this.options.events, rules }))
        rows.push(...this.rowsFor(event, wanted, restoredAt));
    if (rows.length === 0) return;
    await this.options.outbox.add(rows, this.options.now());
    this.options.crashPoint('outbox: rows made, before checkpoint');
    this.options.onRows();
  }

  private rowsFor(event: RecordedEvent, wanted: Telling, restoredAt: string | undefined): readonly Row[] {
    const names = destinationsFor(wanted, this.options.destinations).map(({ name }) => name);
    if (names.length === 0)
      return isForStaff(wanted.message) || wanted.to !== undefined
        ? [{ ...rowOf(event, wanted, ''), state: 'held', because: noDestination(wanted) }]
        : [];
    const rows = names.map((name) => rowOf(event, wanted, name));
    return isBeforeRestore(rows[0], restoredAt) ? rows.map(refusedByRestore) : rows;
  }
}

const isBookChange = (type: string): boolean => BOOK_CHANGES.some((change) => change === type);

const noDestination = ({ to }: Telling): string =>
  to === undefined
    ? 'No destination takes this message. Name one in the settings.'
    : `The rules name ${to.join(', ')}, which the settings do not have. Name it there, or another in the rules.`;

/** When history was last put back from a back-up. */
export async function lastRestore(events: Pick<EventStore, 'readStream'>): Promise<string | undefined> {
  const { events: last } = await events.readStream('store', { direction: 'backwards', limit: 1 });
  return last.find(({ type }) => type === 'HistoryRestored')?.recordedAt;
}

/** Whether it tells of what happened before a restore: it may have been sent before, by what the back-up doesn't know. */
export const isBeforeRestore = (row: Row | undefined, restoredAt: string | undefined): boolean =>
  row !== undefined && restoredAt !== undefined && row.resentAt === undefined && row.event.recordedAt <= restoredAt;

export const BECAUSE_OF_RESTORE = refuse(
  'history-restored',
  'History was put back from a back-up after this.',
  'It may have been sent before: send it again if it was not.',
);

const refusedByRestore = (row: Row): Row => ({
  ...row,
  state: 'refused',
  because: sayRefusal(BECAUSE_OF_RESTORE),
});

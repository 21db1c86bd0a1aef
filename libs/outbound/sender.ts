import { isRefusal, type Refusal } from '../event-sourcing/decider.js';
import type { CrashPoint } from '../event-sourcing/crash-point.js';
import { waitAfter } from './back-off.js';
import { afterFailure, allowed, CLOSED, type Breaker } from './breaker.js';
import { DeliveryFailed, type Channel, type Delivered, type Letter } from './channel.js';
import type { Destination } from './destination.js';
import { isWaiting, type Outbox, type RowRecord } from './outbox.js';
import { sayRefusal, type Row } from './row.js';

export interface SenderOptions {
  readonly outbox: Outbox;
  readonly destinations: readonly Destination[];
  channelTo(this: void, destination: Destination): Channel;
  /** Opens what the message says, at the moment of sending. A refusal: it must not be sent. `recorded`: it was sent. */
  compose(this: void, row: Row, destination: Destination): Promise<Letter | Refusal | 'recorded'>;
  /** Records in history that it was delivered; the same again does nothing. */
  record(this: void, row: Row, destination: Destination): Promise<void>;
  /** What a delivery's answer adds to its row. */
  keep?(this: void, row: Row, delivered: Delivered): Row;
  /** Whether an error ends without anybody's doing, such as a store that is down. */
  mayPass(this: void, error: unknown): boolean;
  /** UTC, ISO 8601. */
  now(this: void): string;
  /** From 0 to below 1. */
  chance(this: void): number;
  readonly crashPoint: CrashPoint;
  onDead(this: void, row: Row): void;
  /** What became of a row could not be stored: it is tried again when its claim ends. */
  onLost(this: void, row: Row, error: unknown): void;
}

/** So much longer than its delivery may take is a row claimed: then it is tried again, because its sender was lost. */
const CLAIMED_BEYOND_MS = 10_000;
/** Looked at beyond those that can be sent at once: some may wait for others of their case. */
const LOOK_AHEAD = 50;
const AGAIN_AFTER_MS = 2_000;
const MINUTE_MS = 60_000;
/** A stop waits so long for messages on their way. */
const GRACE_MS = 3_000;

/** What is known of a destination in this process. */
interface Line {
  readonly destination: Destination;
  readonly channel: Channel;
  breaker: Breaker;
  inFlight: number;
  /** When messages left, in the last minute. */
  left: readonly number[];
}

/**
 * Sends what is due, each destination by itself: one that fails or is slow delays no other. Messages about one case reach
 * a destination in the order of their events; one that is dead lets the next ones pass.
 */
export class Sender {
  private lines: readonly Line[] | undefined;
  private readonly onTheirWay = new Set<Promise<void>>();
  private readonly cutOff = new AbortController();
  private woken: () => void = () => undefined;

  constructor(private readonly options: SenderOptions) {}

  /** Looks at once for what is due. */
  wake(): void {
    this.woken();
  }

  /** Sends until the signal. @param pause waits a moment */
  async run(signal: AbortSignal, pause: () => Promise<unknown>): Promise<void> {
    try {
      while (!signal.aborted) {
        const woken = new Promise<void>((wake) => (this.woken = wake));
        if ((await this.sendDue()) === 0) await Promise.race([woken, pause()]);
      }
    } finally {
      const cut = setTimeout(() => this.cutOff.abort(), GRACE_MS);
      await this.idle();
      clearTimeout(cut);
      for (const { channel } of this.lines ?? []) channel.close();
    }
  }

  /** Resolves once nothing is on its way. */
  async idle(): Promise<void> {
    while (this.onTheirWay.size > 0) await Promise.all(this.onTheirWay);
  }

  /** By name: failures in a row, and until when nothing is sent. */
  breakers(): ReadonlyMap<string, Breaker> {
    return new Map((this.lines ?? []).map(({ destination, breaker }) => [destination.name, breaker]));
  }

  /** Starts sending what is due now, as far as there is room. Resolves to how many it started. */
  async sendDue(): Promise<number> {
    this.lines ??= await Promise.all(this.options.destinations.map((destination) => this.lineTo(destination)));
    const now = this.options.now();
    const chosen: { readonly line: Line; readonly record: RowRecord }[] = [];
    for (const line of this.lines) for (const record of await this.choose(line, now)) chosen.push({ line, record });
    if (chosen.length === 0) return 0;
    const lineOf = new Map(chosen.map(({ line, record }) => [record.key, line]));
    const claimed = await this.options.outbox.claim(
      chosen.map(({ line, record }) => ({
        record,
        until: later(now, line.destination.timeoutMs + CLAIMED_BEYOND_MS),
      })),
    );
    this.options.crashPoint('outbox: claimed, before sending');
    for (const record of claimed) {
      const line = lineOf.get(record.key);
      if (line !== undefined) this.start(line, record, Date.parse(now));
    }
    return claimed.length;
  }

  private async lineTo(destination: Destination): Promise<Line> {
    const breaker = await this.options.outbox.breakerOf(destination.name);
    return { destination, channel: this.options.channelTo(destination), breaker, inFlight: 0, left: [] };
  }

  /** What of a destination's rows can be sent now. */
  private async choose(line: Line, now: string): Promise<readonly RowRecord[]> {
    const { destination, breaker, inFlight } = line;
    const { name, perMinute } = destination;
    const at = Date.parse(now);
    line.left = line.left.filter((left) => left > at - MINUTE_MS);
    const free = Math.min(
      destination.inFlight - inFlight,
      perMinute === undefined ? Infinity : perMinute - line.left.length,
    );
    const room = allowed(breaker, now, inFlight, free);
    if (room <= 0) return [];
    const { outbox } = this.options;
    const due = await outbox.due(name, now, room + LOOK_AHEAD);
    const settled = due.filter((record) => !isWaiting(record));
    if (settled.length > 0) await outbox.sweep(settled, now);
    const chosen: RowRecord[] = [];
    const later: (RowRecord & { dueAt: string })[] = [];
    for (const record of due.filter(isWaiting)) {
      if (chosen.length >= room) break;
      const first = (await outbox.ofCase(name, record.value.case)).find(isWaiting);
      if (first === undefined || first.key === record.key) chosen.push(record);
      else later.push({ ...record, dueAt: first.dueAt !== undefined && first.dueAt > now ? first.dueAt : soon(now) });
    }
    await outbox.postpone(later);
    return chosen;
  }

  private start(line: Line, record: RowRecord, at: number): void {
    line.inFlight++;
    line.left = [...line.left, at];
    const work = this.deliver(line, record)
      .catch((error: unknown) => this.options.onLost(record.value, error))
      .finally(() => {
        line.inFlight--;
        this.onTheirWay.delete(work);
        this.wake();
      });
    this.onTheirWay.add(work);
  }

  private async deliver(line: Line, record: RowRecord): Promise<void> {
    const { compose, record: recordFact, keep, crashPoint, now, outbox } = this.options;
    const { destination, channel } = line;
    let row = record.value;
    try {
      if (row.deliveredAt === undefined) {
        const letter = await compose(row, destination);
        if (isRefusal(letter)) {
          const because = sayRefusal(letter);
          await outbox.change({ record, row: { ...row, state: 'refused', because, settledAt: now() } }, now());
          return;
        }
        const delivered = letter === 'recorded' ? {} : await channel.send(letter, this.cutOff.signal);
        row = { ...(keep?.(row, delivered) ?? row), deliveredAt: now() };
        await this.breakerIs(line, CLOSED);
        crashPoint('outbox: delivered, before the fact');
      }
      await recordFact(row, destination);
      crashPoint('outbox: fact recorded, before the row');
      const { because: _, ...sent } = row;
      await outbox.change({ record, row: { ...sent, state: 'sent', settledAt: now() } }, now());
    } catch (error) {
      await this.failed(line, record, row, error);
    }
  }

  private async failed(line: Line, record: RowRecord, row: Row, error: unknown): Promise<void> {
    const { now, chance, mayPass, onDead, outbox } = this.options;
    const at = now();
    const because = inWords(error);
    if (mayPass(error)) {
      // Its own tries are not for what a store does.
      const waits = { ...row, tries: row.tries - 1, because };
      await outbox.change({ record, row: waits, dueAt: later(at, AGAIN_AFTER_MS) }, at);
      return;
    }
    const how = error instanceof DeliveryFailed ? error.how : {};
    const isOfReceiver = error instanceof DeliveryFailed && how.forGood !== true;
    if (isOfReceiver) await this.breakerIs(line, afterFailure(line.breaker, at));
    const { patience } = line.destination;
    if (how.forGood === true || row.tries >= patience.tries) {
      const dead: Row = { ...row, state: 'dead', because, settledAt: at };
      if (await outbox.change({ record, row: dead }, at)) onDead(dead);
      return;
    }
    const wait = waitAfter(row.tries, patience, chance(), how.retryAfterMs);
    await outbox.change({ record, row: { ...row, because }, dueAt: later(at, wait) }, at);
  }

  /** Stored once it is open, so that a start does not begin anew with a dead destination. */
  private async breakerIs(line: Line, breaker: Breaker): Promise<void> {
    const wasOpen = line.breaker.openUntil !== undefined;
    line.breaker = breaker;
    if (wasOpen || breaker.openUntil !== undefined)
      await this.options.outbox.keepBreaker(line.destination.name, breaker);
  }
}

const later = (instant: string, ms: number): string => new Date(Date.parse(instant) + ms).toISOString();
const soon = (now: string): string => later(now, 100);

/** An error of a library may repeat an address. */
const inWords = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/[^\s<>"'(),:;]+@[^\s<>"'(),:;]+/g, '(address)').slice(0, 500);
};

import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Recorded } from '../../event-sourcing/event.js';
import type { ByShardOptions, EventStore, HistoryByShard } from '../../event-store/event-store.js';

const BATCH = 5_000;
/** Beyond so many events, memory spills to a file. */
const HELD = 60_000;

interface Chunk {
  readonly at: number;
  readonly bytes: number;
}

/** Lets the store group its events by shard if it can, else reads and groups all of them here. */
export async function historyByShard(
  events: Pick<EventStore, 'readAll' | 'progress' | 'byShard'>,
  options: ByShardOptions,
): Promise<HistoryByShard> {
  if (events.byShard) return events.byShard(options);
  const { filter, upTo, signal, onShare } = options;
  const byShard = new EventsByShard();
  try {
    for await (const batch of events.readAll({ batchSize: BATCH, filter })) {
      signal?.throwIfAborted();
      byShard.add(batch.position <= upTo ? batch.events : batch.events.filter(({ position }) => position <= upTo));
      onShare?.(Math.min(1, events.progress(undefined, batch.position, upTo)));
      if (batch.position >= upTo) break;
    }
    return byShard;
  } catch (error) {
    byShard.close();
    throw error;
  }
}

/** Groups events by shard, in order within each. Beyond `most` events, they spill to a temporary file. */
export class EventsByShard implements HistoryByShard {
  readonly #held = new Map<number, Recorded[]>();
  readonly #chunks = new Map<number, Chunk[]>();
  #holds = 0;
  #folder: string | undefined;
  #file: number | undefined;
  #end = 0;

  constructor(private readonly most = HELD) {}

  /** Add events in the order of history. */
  add(events: readonly Recorded[]): void {
    for (const event of events) {
      const held = this.#held.get(event.shard);
      if (held) held.push(event);
      else this.#held.set(event.shard, [event]);
    }
    this.#holds += events.length;
    if (this.#holds >= this.most) this.#spill();
  }

  /** The shards that have events. */
  get shards(): readonly number[] {
    return [...new Set([...this.#chunks.keys(), ...this.#held.keys()])].toSorted((a, b) => a - b);
  }

  /** Returns and forgets the events of a shard. */
  take(shard: number): readonly Recorded[] {
    const events = (this.#chunks.get(shard) ?? []).flatMap((chunk) => this.#read(chunk));
    const held = this.#held.get(shard) ?? [];
    this.#chunks.delete(shard);
    this.#held.delete(shard);
    return events.length === 0 ? held : events.concat(held);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#file = this.#folder = undefined;
  }

  #spill(): void {
    if (this.#file === undefined) {
      this.#folder = mkdtempSync(join(tmpdir(), 'amends-shards-'));
      this.#file = openSync(join(this.#folder, 'events'), 'w+', 0o600);
    }
    for (const [shard, events] of this.#held) {
      const bytes = serialize(events);
      this.#write(bytes);
      const chunk = { at: this.#end, bytes: bytes.length };
      this.#end += bytes.length;
      const chunks = this.#chunks.get(shard);
      if (chunks) chunks.push(chunk);
      else this.#chunks.set(shard, [chunk]);
    }
    this.#held.clear();
    this.#holds = 0;
  }

  #write(bytes: Buffer): void {
    if (this.#file === undefined) return;
    for (let done = 0; done < bytes.length;)
      done += writeSync(this.#file, bytes, done, bytes.length - done, this.#end + done);
  }

  #read({ at, bytes }: Chunk): readonly Recorded[] {
    const buffer = Buffer.allocUnsafe(bytes);
    for (let done = 0; done < bytes;) {
      const read = this.#file === undefined ? 0 : readSync(this.#file, buffer, done, bytes - done, at + done);
      if (read === 0) throw new Error("The replay's temporary file of events is gone. Start the replay again.");
      done += read;
    }
    return deserialize(buffer) as readonly Recorded[];
  }
}

import { errorStack } from '../../event-sourcing/error-text.js';
import type { Recorded } from '../../event-sourcing/event.js';
import type { Ledger } from '../../ledger/ledger.js';

/** Events of one key that wait because a projection could not fold the first of them. */
export interface ParkedEvents {
  readonly projection: string;
  readonly key: string;
  readonly shard: number;
  readonly events: readonly Recorded[];
  /** Undefined if the key was parked before. */
  readonly error: unknown;
}

/** The record in the ledger. */
export interface ParkedRecord extends ParkedEvents {
  readonly generation: number;
  readonly error: string;
}

const prefixOf = (generation: number): string => `parked/${String(generation).padStart(10, '0')}/`;
const skippedIn = (generation: number): string => prefixOf(generation).replace('parked/', 'skipped/');
const keyOf = (generation: number, projection: string, key: string): string =>
  `${prefixOf(generation)}${projection}/${encodeURIComponent(key)}`;

/** Keeps events that projections could not fold until an operator retries or skips them. */
export class ParkedList {
  constructor(private readonly ledger: Ledger) {}

  async list(generation: number): Promise<readonly ParkedRecord[]> {
    const found: ParkedRecord[] = [];
    for await (const record of this.#records(prefixOf(generation))) found.push(record);
    return found;
  }

  /** Adds the events that don't wait yet. */
  async park(generation: number, parked: ParkedEvents): Promise<void> {
    const { projection, key, shard, events, error } = parked;
    const at = keyOf(generation, projection, key);
    const known = await this.ledger.get<ParkedRecord>(at);
    const last = known?.value.events.at(-1)?.position ?? '';
    const value: ParkedRecord = {
      generation,
      projection,
      key,
      shard,
      error: known?.value.error ?? errorStack(error),
      events: [...(known?.value.events ?? []), ...events.filter(({ position }) => position > last)],
    };
    await this.ledger.put({ key: at, value, expected: known?.version ?? 0 });
  }

  async get(generation: number, projection: string, key: string): Promise<ParkedRecord | undefined> {
    return (await this.ledger.get<ParkedRecord>(keyOf(generation, projection, key)))?.value;
  }

  /** Whether one of these read models has events of the key that wait. It looks for them by name, however many others wait. */
  async isParked(generation: number, projections: readonly string[], key: string): Promise<boolean> {
    const [any] = await this.ledger.list(prefixOf(generation), { limit: 1 });
    if (any === undefined) return false;
    const found = await Promise.all(projections.map((projection) => this.get(generation, projection, key)));
    return found.some((record) => record !== undefined);
  }

  /** Stores what still waits after a retry. */
  async replace(record: ParkedRecord, { events, error }: ParkedEvents): Promise<void> {
    const { generation, projection, key } = record;
    await this.ledger.put({
      key: keyOf(generation, projection, key),
      value: { ...record, events, error: errorStack(error) },
    });
  }

  /** Records the event that an operator skips, with the error that parked it. */
  async skipped(record: ParkedRecord): Promise<void> {
    const { generation, projection, key, events } = record;
    const [event] = events;
    if (!event) return;
    await this.ledger.put({
      key: `${skippedIn(generation)}${projection}/${encodeURIComponent(key)}/${event.position}`,
      value: { ...record, events: [event] },
    });
  }

  /** Positions of the skipped events by read model, so that folding again skips them again. */
  async skippedEvents(generation: number): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const found = new Map<string, Set<string>>();
    for await (const { projection, events } of this.#records(skippedIn(generation))) {
      const positions = found.get(projection) ?? new Set();
      for (const { position } of events) positions.add(position);
      found.set(projection, positions);
    }
    return found;
  }

  async remove({ generation, projection, key }: ParkedRecord): Promise<void> {
    await this.ledger.remove(keyOf(generation, projection, key));
  }

  async *#records(prefix: string): AsyncGenerator<ParkedRecord> {
    for (let after: string | undefined; ;) {
      const page = await this.ledger.list<ParkedRecord>(prefix, { after, limit: 500 });
      for (const { value } of page) yield value;
      after = page.at(-1)?.key;
      if (page.length < 500 || !after) return;
    }
  }
}

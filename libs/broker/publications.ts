import { LRUCache } from 'lru-cache';
import type { Recorded } from '../event-sourcing/event.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Message } from './broker.js';
import { inBinaryMode, toCloudEvent, type CloudEvent } from './cloud-event.js';
import { keyInName, topicOf } from './topics.js';
import type { TopicName } from '../recovery/vocabulary/topics.js';

/** An event with its topic and key. */
export interface Publication {
  readonly topic: TopicName;
  readonly key: string;
  readonly event: CloudEvent;
}

/** Enough for the responses in triage; older ones are looked up again. */
const REMEMBERED = 50_000;

/** Turns events into publications. */
export class Publications {
  /** The customer of each response's stream, which never changes. */
  private readonly customers = new LRUCache<string, string>({ max: REMEMBERED });

  constructor(private readonly history: Pick<EventStore, 'readStream'>) {}

  /** Keeps the order, and leaves out events of no topic. */
  async of(events: readonly Recorded[]): Promise<readonly Publication[]> {
    const publications: Publication[] = [];
    for (const event of events) {
      const topic = topicOf(event.type);
      if (topic === undefined) continue;
      const key = keyInName(event.stream) ?? this.customerIn(event) ?? (await this.customerOf(event.stream));
      publications.push({ topic, key, event: toCloudEvent(event, key) });
    }
    return publications;
  }

  private customerIn({ stream, data }: Recorded): string | undefined {
    const known = this.customers.get(stream);
    if (known !== undefined) return known;
    if (!('customer' in data) || typeof data.customer !== 'string') return undefined;
    this.customers.set(stream, data.customer);
    return data.customer;
  }

  private async customerOf(stream: string): Promise<string> {
    const [first] = (await this.history.readStream(stream, { limit: 1 })).events;
    const customer = first === undefined ? undefined : this.customerIn(first);
    if (customer === undefined) throw new Error(`Broken history: the first event of ${stream} names no customer.`);
    return customer;
  }
}

export const messageOf = ({ topic, key, event }: Publication): Message => ({ topic, key, ...inBinaryMode(event) });

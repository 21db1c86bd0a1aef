import type { EventStore } from '../../event-store/event-store.js';
import { Publications, type Publication } from '../publications.js';
import { eventsOf } from '../topics.js';
import type { TopicName } from '../../recovery/vocabulary/topics.js';

export interface TopicBatch {
  readonly publications: readonly Publication[];
  /** Continue from here: it lies past events of other topics, too. */
  readonly position: string;
}

/** Topics without a broker: they are read from history, and have its positions. There is no second copy. */
export class TopicHistory {
  private readonly publications: Publications;

  constructor(private readonly history: EventStore) {
    this.publications = new Publications(history);
  }

  /** Yields what the topics hold after a position, then what comes, until the signal. */
  async *follow(options: {
    topics: readonly TopicName[];
    after?: string;
    key?: string;
    signal: AbortSignal;
  }): AsyncGenerator<TopicBatch> {
    const { topics, after, key, signal } = options;
    const types = topics.flatMap(eventsOf);
    for await (const { events, position } of this.history.follow({
      from: after,
      filter: { types },
      signal,
    })) {
      const publications = await this.publications.of(events);
      yield {
        publications: key === undefined ? publications : publications.filter((each) => each.key === key),
        position,
      };
    }
  }
}

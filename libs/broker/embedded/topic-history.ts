import type { EventStore } from '../../event-store/event-store.js';
import { Publications, type Publication } from '../publications.js';
import { eventsOf, type TopicName } from '../topics.js';

export interface TopicBatch {
  readonly publications: readonly Publication[];
  /** How far was read, past what belongs elsewhere: go on from here. */
  readonly position: string;
}

/** Topics without a broker: read from history itself, whose positions are theirs. There is no second copy. */
export class TopicHistory {
  private readonly publications: Publications;

  constructor(private readonly history: EventStore) {
    this.publications = new Publications(history);
  }

  /** What is in the topics after a position, then what comes, until the signal. */
  async *follow(options: {
    topics: readonly TopicName[];
    after?: string;
    key?: string;
    signal: AbortSignal;
  }): AsyncGenerator<TopicBatch> {
    const { topics, after, key, signal } = options;
    const types = topics.flatMap(eventsOf);
    for await (const { events, position } of this.history.follow({
      ...(after === undefined ? {} : { from: after }),
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

import type { EventStore } from '../../event-store/event-store.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { Subscriber, Subscription } from '../broker.js';
import { messageOf } from '../publications.js';
import { isTopic } from '../topics.js';
import { TopicHistory } from './topic-history.js';

/** Subscribes without a broker. The ledger keeps a group's position; one subscriber of a group works at a time. */
export class EmbeddedSubscriber implements Subscriber {
  private readonly topics: TopicHistory;

  constructor(
    history: EventStore,
    private readonly ledger: Ledger,
  ) {
    this.topics = new TopicHistory(history);
  }

  async subscribe({ topics, group, signal, work }: Subscription): Promise<void> {
    const unknown = topics.filter((topic) => !isTopic(topic));
    if (unknown.length > 0) throw new Error(`There is no topic ${unknown.join(', ')}.`);
    const key = `subscriber/${group}/${topics.toSorted().join(',')}`;
    const after = (await this.ledger.get<string>(key))?.value;
    for await (const { publications, position } of this.topics.follow({
      topics: topics.filter(isTopic),
      after,
      signal,
    })) {
      if (publications.length > 0)
        await work(publications.map((each) => ({ ...messageOf(each), at: each.event.position })));
      await this.ledger.put({ key, value: position });
    }
  }
}

import { topicOf } from '../../libs/broker/topics.js';
import type { TopicName } from '../../libs/recovery/vocabulary/topics.js';
import type { Recorded } from '../../libs/event-sourcing/event.js';
import { eventually, OPERATOR_KEY, type RunningApp } from '../e2e/running-app.testing.js';
import { sentEvents } from '../e2e/sent-events.testing.js';

/** Listens to a topic over HTTP from its first event on, on one connection until the app closes it. */
export class TopicListener {
  private readonly ended = new AbortController();
  private readonly heard: string[] = [];
  private failure: unknown;

  constructor(
    app: RunningApp,
    private readonly topic: TopicName,
  ) {
    this.listen(app).catch((error: unknown) => (this.failure = this.ended.signal.aborted ? undefined : error));
  }

  /** Waits until it has as many events as the topic; resolves to the positions it heard and those it should have heard. */
  async compare(events: readonly Recorded[]): Promise<{ readonly heard: string[]; readonly recorded: string[] }> {
    const recorded = events.filter(({ type }) => topicOf(type) === this.topic).map(({ position }) => position);
    await eventually(async () => {
      if (this.failure !== undefined) throw this.failure;
      return this.heard.length >= recorded.length || undefined;
    }, `all of ${this.topic}`);
    return { heard: this.heard, recorded };
  }

  close(): void {
    this.ended.abort();
  }

  private async listen(app: RunningApp): Promise<void> {
    const { signal } = this.ended;
    const path = `/v1/topics/${this.topic}/events`;
    for await (const { id } of sentEvents(app.url, path, { key: OPERATOR_KEY, signal })) this.heard.push(id);
  }
}

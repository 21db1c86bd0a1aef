import { Controller, Get, Headers, Inject, Param, Query, Res, type BeforeApplicationShutdown } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { TopicHistory } from '../../libs/broker/embedded/topic-history.js';
import { eventsOf, isTopic } from '../../libs/broker/topics.js';
import { TOPIC_NAMES, TOPICS } from '../../libs/recovery/vocabulary/topics.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import { Everyone, Roles } from '../../libs/platform/auth/roles.js';
import { sendEvents } from '../../libs/platform/event-stream/send-events.js';
import { invalid, notFound, overloaded, Problem } from '../../libs/platform/problem/problem.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { STORES } from '../../libs/platform/stores/stores.module.js';
import { described } from './described.js';
import { topicEvents } from './topic-events.js';

/** Each takes a connection and a follower. More subscribers need a Kafka. */
const MOST_STREAMS = 250;

/** The topics as server-sent events, for subscribers without Kafka. */
@ApiTags('topics')
@Controller()
export class TopicsController implements BeforeApplicationShutdown {
  private readonly history: EventStore;
  private readonly topics: TopicHistory;
  private readonly open = new Set<AbortController>();

  constructor(@Inject(STORES) { events }: Stores) {
    this.history = events;
    this.topics = new TopicHistory(events);
  }

  @Get('v1/topics')
  @Roles('integrator', 'analyst', 'operator')
  @ApiOperation({ operationId: 'Topics', summary: 'List the topics and the events of each' })
  list(): object {
    return {
      topics: TOPIC_NAMES.map((name) => ({
        name,
        ...TOPICS[name],
        events: eventsOf(name),
        stream: `/v1/topics/${name}/events`,
      })),
      described: '/docs/asyncapi.json',
    };
  }

  @Get('v1/topics/:topic/events')
  @Roles('integrator', 'analyst', 'operator')
  @ApiProduces('text/event-stream')
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Continue after this event; else from the first' })
  @ApiQuery({ name: 'key', required: false, schema: { type: 'string' }, description: 'Only events with this key' })
  @ApiOperation({
    operationId: 'Subscribe',
    summary: 'Subscribe to a topic: past events, then new ones, as server-sent events',
    description: 'Each event is a CloudEvent in structured mode; its id is the position to continue from.',
  })
  async subscribe(
    @Param('topic') topic: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Query('key') key: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!isTopic(topic)) throw notFound(`A topic ${topic}`, `Name one of ${TOPIC_NAMES.join(', ')}.`);
    if (key !== undefined && typeof key !== 'string')
      throw invalid([{ field: 'key', message: 'must be given once' }], 400);
    const after = lastEventId === undefined || lastEventId === '' ? undefined : await this.positionOf(lastEventId);
    if (this.open.size >= MOST_STREAMS)
      throw overloaded(`${MOST_STREAMS} subscribers are connected. Try again later, or subscribe to Kafka.`);
    const ended = new AbortController();
    this.open.add(ended);
    const { signal } = ended;
    const batches = this.topics.follow({
      topics: [topic],
      after,
      key,
      signal,
    });
    sendEvents(reply, topicEvents(batches, signal), () => {
      ended.abort();
      this.open.delete(ended);
    });
  }

  @Get('docs/asyncapi.json')
  @Everyone()
  @ApiOperation({ operationId: 'AsyncApi', summary: 'The topics and their events as AsyncAPI 3.1' })
  described(): object {
    return described();
  }

  beforeApplicationShutdown(): void {
    for (const ended of this.open) ended.abort();
  }

  /** @throws Problem for a position that no subscriber of this history can have received */
  private async positionOf(text: string): Promise<string> {
    try {
      this.history.progress(text, text, text);
    } catch (error) {
      if (error instanceof RangeError)
        throw invalid([{ field: 'Last-Event-ID', message: 'must be the id of an event that this stream sent' }], 400);
      throw error;
    }
    const end = (await this.history.end()) ?? '';
    if (text <= end) return text;
    throw new Problem({
      status: 409,
      code: 'position-ahead',
      detail: `This history ends at ${end === '' ? 'its beginning' : end}, before ${text}: it was restored from a back-up, or belongs to another store. Subscribe again from the first event.`,
    });
  }
}

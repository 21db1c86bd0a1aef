import { Kafka, type CloudEvent as CheckedEvent } from 'cloudevents';
import { describe, expect, test } from '@jest/globals';
import { DECLARATIONS } from '../recovery/history.js';
import { inBinaryMode, toCloudEvent } from './cloud-event.js';
import { categoryOf } from '../event-sourcing/stream-name.js';
import { samples } from './sample-events.testing.js';
import { eventsOf, topicOf } from './topics.js';
import { TOPIC_NAMES } from '../recovery/vocabulary/topics.js';

describe('what is published where', () => {
  test('every event is in one topic, or kept inside', () => {
    const published = TOPIC_NAMES.flatMap((topic) => eventsOf(topic));
    const keptInside = ['AccessRecorded', 'HistoryRestored', 'IntakeAllocated', 'IntakeHeldBack'];
    expect([...published, ...keptInside].toSorted()).toEqual(Object.keys(DECLARATIONS).toSorted());
  });
  test('all events of one kind of stream go the same way, so that revisions have no gaps', () => {
    const ways = new Map<string, Set<string | undefined>>();
    for (const { stream, type } of samples()) {
      const category = categoryOf(stream);
      ways.set(category, (ways.get(category) ?? new Set()).add(topicOf(type)));
    }
    for (const [category, topics] of ways)
      expect({ category, topics: [...topics] }).toEqual({ category, topics: [[...topics][0]] });
  });
});

describe.each(samples().map((event) => [event.type, event] as const))('%s as a CloudEvent', (_type, event) => {
  const key = 'the key';
  const { headers, value } = inBinaryMode(toCloudEvent(event, key));

  test('is one that the CloudEvents library reads, with every fact of its envelope', () => {
    // The library does not read messages without a value: it is shown the headers of one.
    const body = value ?? '{}';
    const message = { key, headers, value: body, body, timestamp: '' };
    const read = Kafka.toEvent(message) as CheckedEvent;
    expect(read.validate()).toBe(true);
    expect(read['causationid'] ?? read['commandid']).toBe(event.causationId);
    expect(read['knownat'] ?? read.time).toBe(event.knownAt);
    expect(read).toMatchObject({
      specversion: '1.0',
      id: event.id,
      source: 'urn:amends',
      type: `amends.${event.type}`,
      time: event.occurredAt,
      subject: key,
      partitionkey: key,
      stream: event.stream,
      revision: String(event.revision),
      position: event.position,
      programme: event.programme,
      actorid: event.actor.id,
    });
  });
  test('has its data as it is stored, sealed fields sealed, and a forgotten customer none at all', () => {
    if (event.type === 'CustomerForgotten') expect(value).toBeNull();
    else expect(JSON.parse(value ?? '')).toEqual(event.data);
  });
});

import { categoryOf, identityOf } from '../event-sourcing/stream-name.js';
import { DECLARATIONS, type EventType } from '../recovery/history.js';
import { TOPICS, type TopicName } from '../recovery/vocabulary/topics.js';

export const isTopic = (name: string): name is TopicName => Object.hasOwn(TOPICS, name);

export const eventsOf = (topic: TopicName): readonly EventType[] =>
  Object.values(DECLARATIONS).flatMap((declared) => (declared.topic === topic ? [declared.type] : []));

/** Undefined for what is kept inside. */
export const topicOf = (type: string): TopicName | undefined => {
  const topic = Object.hasOwn(DECLARATIONS, type) ? DECLARATIONS[type as EventType].topic : undefined;
  return topic !== undefined && isTopic(topic) ? topic : undefined;
};

/** Of these, the last event of a key says that nothing of it is to be kept. */
export const isTombstone = (type: string): boolean => type === ('CustomerForgotten' satisfies EventType);

/** The key, where the stream's name gives it; a response is its customer's, whom its first event names. */
export const keyInName = (stream: string): string | undefined =>
  categoryOf(stream) === 'response' ? undefined : identityOf(stream);

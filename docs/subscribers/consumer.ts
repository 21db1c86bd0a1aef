import { Kafka, logLevel } from 'kafkajs';

export interface Event {
  /** Such as amends.CaseOpened. */
  readonly type: string;
  readonly id: string;
  /** The case's or the customer's id. */
  readonly key: string;
  readonly stream: string;
  readonly revision: number;
  readonly occurredAt: string;
  /** Null: nothing of this key is to be kept. */
  readonly data: Readonly<Record<string, unknown>> | null;
}

/** Where you keep how far you are in each stream: best in your own database, in the transaction of your own work. */
export interface Progress {
  lastRevision(stream: string): Promise<number>;
  /** Do your work with the event and store its revision, both or neither. */
  handle(event: Event): Promise<void>;
}

/** Follows topics of Amends: every event once, in order in its stream. Resolves to the way to stop it. */
export async function follow(
  { brokers, topics, group }: { brokers: string[]; topics: string[]; group: string },
  progress: Progress,
): Promise<() => Promise<void>> {
  const consumer = new Kafka({ brokers, clientId: group, logLevel: logLevel.WARN }).consumer({ groupId: group });
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({
    // Commit offsets after the work: after a crash, unfinished messages come again.
    eachMessage: async ({ message: { key, value, headers } }) => {
      const attribute = (name: string): string => headers?.[`ce_${name}`]?.toString() ?? '';
      const [stream, revision] = [attribute('stream'), Number(attribute('revision'))];
      // Only the next revision counts: a duplicate was processed before, and one that is too early comes again in order.
      const isCompacted = topics.length === 1 && topics[0]?.endsWith('amends.customers');
      const last = await progress.lastRevision(stream);
      if (isCompacted ? revision <= last : revision !== last + 1) return;
      await progress.handle({
        type: attribute('type'),
        id: attribute('id'),
        key: key?.toString() ?? '',
        stream,
        revision,
        occurredAt: attribute('time'),
        data: value === null ? null : (JSON.parse(value.toString()) as Event['data']),
      });
    },
  });
  return () => consumer.disconnect();
}

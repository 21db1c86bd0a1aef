import type { AllStreamRecordedEvent, EventData, RecordedEvent } from '@eventstore/db-client';
import type { Envelope, Recorded, ToAppend } from '../../event-sourcing/event.js';
import { AppendRefused, HistoryDamaged } from '../event-store.js';
import { positionText } from './positions.js';

/** Envelope fields that EventStoreDB stores as metadata, under these names for ever. Its tools know those with $. */
type StoredMetadata = Omit<Envelope, 'id' | 'stream' | 'revision' | 'position' | 'correlationId' | 'causationId'> & {
  readonly $correlationId: string;
  readonly $causationId: string;
};

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;

/** @throws AppendRefused for what EventStoreDB can't store unchanged */
export const storedEvent = (event: ToAppend): EventData => {
  if (!UUID.test(event.id)) {
    throw new AppendRefused(`EventStoreDB needs event ids that are lower-case UUIDs, and ${event.id} is not one.`);
  }
  if (event.type.startsWith('$') || event.stream.startsWith('$')) {
    throw new AppendRefused(
      `Event ${event.id} (${event.type} in ${event.stream}) has a name that EventStoreDB reserves. Don't start names of types and streams with $.`,
    );
  }
  const metadata: StoredMetadata = {
    schemaVersion: event.schemaVersion,
    shard: event.shard,
    programme: event.programme,
    occurredAt: event.occurredAt,
    knownAt: event.knownAt,
    recordedAt: event.recordedAt,
    actor: event.actor,
    commandId: event.commandId,
    $correlationId: event.correlationId,
    $causationId: event.causationId,
    ...(event.imported && { imported: true }),
    ...(event.sequence !== undefined && { sequence: event.sequence }),
    ...(event.requestHash !== undefined && { requestHash: event.requestHash }),
  };
  const { id, type } = event;
  const data = event.data as Record<string, unknown>; // checkedData refuses anything but an object
  return { contentType: 'application/json', id, type, data, metadata };
};

/** The event's shard; undefined for one that Amends did not write. */
export const shardIn = ({ metadata }: AllStreamRecordedEvent): number | undefined =>
  (metadata as Partial<StoredMetadata> | undefined)?.shard;

/** @throws HistoryDamaged for an event that Amends did not write. */
export const recordedEvent = (
  event: RecordedEvent | AllStreamRecordedEvent,
  stream: string,
  position = positionIn(event),
): Recorded => {
  const metadata = event.metadata as Partial<StoredMetadata> | undefined;
  const { data } = event;
  if (metadata?.commandId === undefined || metadata.schemaVersion === undefined || !isObject(data)) {
    throw new HistoryDamaged(
      `Event ${event.id} (${event.type}, revision ${event.revision} of ${event.streamId}) was not written by Amends. Give Amends an EventStoreDB of its own, or a prefix for its streams.`,
    );
  }
  const { $correlationId: correlationId, $causationId: causationId, ...envelope } = metadata as StoredMetadata;
  const { id, type, revision } = event;
  return { ...envelope, id, type, stream, revision: Number(revision) + 1, position, correlationId, causationId, data };
};

const positionIn = ({ position }: RecordedEvent | AllStreamRecordedEvent): string => {
  if (position === undefined) {
    throw new HistoryDamaged(
      `The EventStoreDB returns no positions when Amends reads a stream. Use version 22.6 or later.`,
    );
  }
  return positionText(position);
};

const isObject = (data: unknown): data is object => typeof data === 'object' && data !== null;
